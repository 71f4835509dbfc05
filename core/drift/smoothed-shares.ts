/** Two histograms as shares of the bins that either has, ½ added to each count on both sides. */
export interface SmoothedShares {
  readonly current: readonly number[];
  readonly reference: readonly number[];
  /** Bins that were compared. */
  readonly bins: number;
  /** 1/N + 1/M: what a divergence of two samples of one distribution shrinks with. */
  readonly scale: number;
}

/**
 * The shares that divergences are measured on. With ½ in each bin an empty one costs what theory says it should
 * and not a made-up epsilon's logarithm (Jeffreys' prior; Krichevsky, Trofimov 1981). A bin that is empty on both
 * sides isn't a bin. Fewer than two bins, or an empty sample: no shares, as there is nothing to compare. O(B).
 */
export function smoothShares(current: readonly number[], reference: readonly number[]): SmoothedShares {
  const used = usedBins(current, reference);
  const currentSize = sumOver(current, used);
  const referenceSize = sumOver(reference, used);
  if (used.length < 2 || currentSize === 0 || referenceSize === 0) {
    return { current: [], reference: [], bins: used.length, scale: 0 };
  }
  const shareOf = (counts: readonly number[], size: number): readonly number[] =>
    used.map((bin) => ((counts[bin] ?? 0) + 0.5) / (size + used.length / 2));
  return {
    current: shareOf(current, currentSize),
    reference: shareOf(reference, referenceSize),
    bins: used.length,
    scale: 1 / currentSize + 1 / referenceSize,
  };
}

function usedBins(current: readonly number[], reference: readonly number[]): readonly number[] {
  const used: number[] = [];
  for (let bin = 0; bin < Math.max(current.length, reference.length); bin++) {
    if ((current[bin] ?? 0) + (reference[bin] ?? 0) > 0) used.push(bin);
  }
  return used;
}

function sumOver(counts: readonly number[], bins: readonly number[]): number {
  return bins.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0);
}
