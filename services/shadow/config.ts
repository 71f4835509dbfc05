import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { commonEnv, modelReference } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { scoringEnv } from '@scoreline/runtime/config/scoring.ts';
import { httpEnv, keysWhereOthersReach } from '@scoreline/runtime/http/config.ts';
import { z } from 'zod';

const START = "'beginning' or an ISO 8601 time with its zone";

const shadowEnv = z.object({
  ...commonEnv,
  ...artifactEnv,
  ...scoringEnv,
  ...httpEnv(9102),
  /** Pins a package of MODELS_DIR; without it the registry decides. */
  CANDIDATE: modelReference.optional(),
  SHADOW_FROM: z
    .union([z.literal('beginning'), z.iso.datetime({ offset: true, error: START })])
    .default('beginning'),
});

export type ShadowConfig = z.output<typeof shadowEnv>;

/**
 * The shadow's configuration. `--from-beginning` and `--from <ISO 8601 time>` on the command line stand for
 * SHADOW_FROM: where a candidate that has never committed begins; one that has goes on where it stood.
 */
export function readShadowConfig(
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): EnvResult<ShadowConfig> {
  const from = args.includes('--from-beginning') ? 'beginning' : args[args.indexOf('--from') + 1];
  const asked = args.includes('--from-beginning') || args.includes('--from');
  return readEnv(
    shadowEnv.check(keysWhereOthersReach),
    asked ? { ...env, SHADOW_FROM: from ?? 'nothing' } : env,
  );
}
