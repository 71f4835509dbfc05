import { commonEnv, modelReference, port } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const scorerEnv = z.object({
  ...commonEnv,
  MODEL: modelReference,
  HTTP_PORT: port(9101),
});

export type ScorerConfig = z.output<typeof scorerEnv>;

export function readScorerConfig(env: NodeJS.ProcessEnv): EnvResult<ScorerConfig> {
  return readEnv(scorerEnv, env);
}
