import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv, port } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const rolloutEnv = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  ...artifactEnv,
  HTTP_PORT: port(9105),
});

export type RolloutConfig = z.output<typeof rolloutEnv>;

export function readRolloutConfig(env: NodeJS.ProcessEnv): EnvResult<RolloutConfig> {
  return readEnv(rolloutEnv, env);
}
