import { availableParallelism } from 'node:os';
import { z } from 'zod';

const WHAT_IT_IS = 'a number from 0 to 99';

/** One, where there is a core for it. */
const DEFAULT_SCORING_THREADS = availableParallelism() > 1 ? 1 : 0;

/** The environment of a service that scores. */
export const scoringEnv = {
  /** Threads that score large batches beside the main one. */
  SCORING_THREADS: z
    .string()
    .regex(/^\d{1,2}$/, WHAT_IT_IS)
    .transform(Number)
    .default(DEFAULT_SCORING_THREADS),
};
