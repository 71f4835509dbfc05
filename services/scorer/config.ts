import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { commonEnv, modelReference } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { scoringEnv } from '@scoreline/runtime/config/scoring.ts';
import { httpEnv, keysWhereOthersReach } from '@scoreline/runtime/http/config.ts';
import { z } from 'zod';

const scorerEnv = z.object({
  ...commonEnv,
  ...artifactEnv,
  ...scoringEnv,
  ...httpEnv(9101),
  /** Pins a package of MODELS_DIR; without it the registry decides. */
  MODEL: modelReference.optional(),
});

export type ScorerConfig = z.output<typeof scorerEnv>;

export function readScorerConfig(env: NodeJS.ProcessEnv): EnvResult<ScorerConfig> {
  return readEnv(scorerEnv.check(keysWhereOthersReach), env);
}
