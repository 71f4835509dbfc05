import type { Feature } from '../contracts/manifest.ts';

/**
 * How many columns a feature takes in the tensor: one for pass and ordinal; for one-hot one per level, one more
 * where missing has its own and one more where unseen has its own.
 */
export function widthOfFeature({ encoding, missing }: Feature): number {
  if (encoding.type !== 'one-hot') return 1;
  return (
    encoding.levels.length + (missing.encode === 'level' ? 1 : 0) + (encoding.unseen === 'level' ? 1 : 0)
  );
}
