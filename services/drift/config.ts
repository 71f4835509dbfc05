import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv, modelReference, port } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { erasureEnv } from '@scoreline/runtime/erasure/config.ts';
import { z } from 'zod';

const driftEnv = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  ...artifactEnv,
  ...erasureEnv,
  /** A candidate that must have a score beside each of production's; those that speak are found by themselves. */
  CANDIDATE: modelReference.optional(),
  HTTP_PORT: port(9103),
});

export type DriftConfig = z.output<typeof driftEnv>;

export function readDriftConfig(env: NodeJS.ProcessEnv): EnvResult<DriftConfig> {
  return readEnv(driftEnv, env);
}
