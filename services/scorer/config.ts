import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { commonEnv, modelReference, port } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const scorerEnv = z.object({
  ...commonEnv,
  ...artifactEnv,
  /** Pins a package of MODELS_DIR; without it the registry decides. */
  MODEL: modelReference.optional(),
  HTTP_PORT: port(9101),
});

export type ScorerConfig = z.output<typeof scorerEnv>;

export function readScorerConfig(env: NodeJS.ProcessEnv): EnvResult<ScorerConfig> {
  return readEnv(scorerEnv, env);
}
