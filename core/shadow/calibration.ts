/** Inner edges of the ten reliability bins; a score on an edge belongs below it, as in scikit-learn. */
export const RELIABILITY_EDGES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** What adds up of the leads whose score falls in one reliability bin. */
export interface ReliabilitySums {
  /** 0 for scores up to .1, 9 for those above .9. */
  readonly bin: number;
  readonly count: number;
  readonly scores: number;
  readonly labels: number;
  readonly squaredErrors: number;
}

/** Whether leads convert as often as the scores say. */
export interface Calibration {
  /** Bins that hold leads: their mean score beside the share that converted. */
  readonly bins: readonly {
    readonly bin: number;
    readonly count: number;
    readonly meanScore: number;
    readonly observed: number;
  }[];
  /** Expected calibration error: mean over leads of their bin's |mean score − share converted|; 0 is best. */
  readonly expectedError: number;
  /** Mean squared error of the score against the label; 0 is best. */
  readonly brier: number;
}

/** Calibration of a classifier from its bins' sums; null without leads. Source: Naeini, Cooper, Hauskrecht (2015). */
export function calibrationOf(sums: readonly ReliabilitySums[]): Calibration | null {
  const filled = sums.filter(({ count }) => count > 0).sort((a, b) => a.bin - b.bin);
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const bins = filled.map(({ bin, count, scores, labels }) => ({
    bin,
    count,
    meanScore: scores / count,
    observed: labels / count,
  }));
  const apart = bins.reduce(
    (sum, { count, meanScore, observed }) => sum + count * Math.abs(meanScore - observed),
    0,
  );
  const squared = filled.reduce((sum, { squaredErrors }) => sum + squaredErrors, 0);
  return { bins, expectedError: apart / total, brier: squared / total };
}
