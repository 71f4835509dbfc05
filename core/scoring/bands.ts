import type { Band } from '../contracts/manifest.ts';

/**
 * Compiles a manifest's bands into a function from a score to the name of its band: the last one whose lower bound
 * the score reaches. The first band has no bound, so that every number has a band; NaN falls in the first.
 */
export function createBandFinder(bands: readonly Band[]): (score: number) => string {
  const [first, ...rest] = bands;
  if (first === undefined) throw new RangeError('a model needs at least one band');
  const falling = rest.reverse();
  return (score) => falling.find(({ lower }) => lower !== null && score >= lower)?.name ?? first.name;
}
