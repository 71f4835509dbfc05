import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { httpEnv, keysWhereOthersReach } from '@scoreline/runtime/http/config.ts';
import { z } from 'zod';

const rolloutEnv = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  ...artifactEnv,
  ...httpEnv(9105),
});

export type RolloutConfig = z.output<typeof rolloutEnv>;

export function readRolloutConfig(env: NodeJS.ProcessEnv): EnvResult<RolloutConfig> {
  return readEnv(rolloutEnv.check(keysWhereOthersReach), env);
}
