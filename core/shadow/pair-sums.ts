/** Pairs of one window as columns: entry i of each belongs to one lead event. Bands are indices into a shared list. */
export interface Pairs {
  readonly production: Float64Array;
  readonly candidate: Float64Array;
  readonly productionBands: Int32Array;
  readonly candidateBands: Int32Array;
}

/** What adds up over windows of how far production and candidate are apart. */
export interface PairSums {
  readonly count: number;
  /** Σ (candidate − production): its mean is the candidate's bias against production. */
  readonly difference: number;
  readonly absoluteDifference: number;
  readonly maxAbsoluteDifference: number;
  /** Pairs by band, `flips[production * bands + candidate]`. */
  readonly flips: readonly number[];
}

/** What is said of the pairs. */
export interface PairSummary {
  readonly count: number;
  /** Candidate minus production; 0 without pairs, as the others. */
  readonly meanDifference: number;
  readonly meanAbsoluteDifference: number;
  readonly maxAbsoluteDifference: number;
  /** Share of pairs whose band differs. */
  readonly bandFlipShare: number;
}

/** Sums over one window's pairs; `bands` is the length of the bands' list. */
export function sumPairs(pairs: Pairs, bands: number): PairSums {
  const flips = new Float64Array(bands * bands);
  let difference = 0;
  let absoluteDifference = 0;
  let maxAbsoluteDifference = 0;
  for (const [i, production] of pairs.production.entries()) {
    const apart = (pairs.candidate[i] ?? production) - production;
    difference += apart;
    absoluteDifference += Math.abs(apart);
    maxAbsoluteDifference = Math.max(maxAbsoluteDifference, Math.abs(apart));
    const flip = (pairs.productionBands[i] ?? 0) * bands + (pairs.candidateBands[i] ?? 0);
    flips[flip] = (flips[flip] ?? 0) + 1;
  }
  const count = pairs.production.length;
  return { count, difference, absoluteDifference, maxAbsoluteDifference, flips: Array.from(flips) };
}

/** The sums of both windows' pairs together; both must be over the same bands. */
export function mergePairSums(a: PairSums, b: PairSums): PairSums {
  return {
    count: a.count + b.count,
    difference: a.difference + b.difference,
    absoluteDifference: a.absoluteDifference + b.absoluteDifference,
    maxAbsoluteDifference: Math.max(a.maxAbsoluteDifference, b.maxAbsoluteDifference),
    flips: a.flips.map((count, i) => count + (b.flips[i] ?? 0)),
  };
}

/** Means and shares from sums. */
export function summarisePairs(sums: PairSums): PairSummary {
  const bands = Math.sqrt(sums.flips.length);
  const count = Math.max(1, sums.count);
  const flipped = sums.flips.reduce((total, pairs, i) => (i % (bands + 1) === 0 ? total : total + pairs), 0);
  return {
    count: sums.count,
    meanDifference: sums.difference / count,
    meanAbsoluteDifference: sums.absoluteDifference / count,
    maxAbsoluteDifference: sums.maxAbsoluteDifference,
    bandFlipShare: flipped / count,
  };
}
