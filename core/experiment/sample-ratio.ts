import { chiSquareSf } from '../drift/special/chi-square-distribution.ts';

/** Below it the arms are not what was planned. Small, since the test is looked at again and again. */
const MISMATCH_P = 0.001;
/** Leads expected in the smallest arm from which on χ² may be trusted. */
const MINIMUM_EXPECTED = 5;

/** Whether leads came to the arms as planned. */
export interface SampleRatio {
  /** Leads per arm, had they come by the planned shares; in the order of the arms. */
  readonly expected: readonly number[];
  readonly statistic: number;
  /** P of leads so far from the plan by chance; 1 where there are too few to tell. */
  readonly pValue: number;
  /** p < .001: nothing else in the test means anything until it is known why. */
  readonly isMismatch: boolean;
}

/**
 * Sample-ratio mismatch: χ² goodness of fit, Σ (observed − expected)² / expected with k − 1 degrees of freedom, of the
 * leads per arm against their shares (> 0, scaled to a sum of 1). A hash assigns by the shares to the point; if the leads
 * that arrive differ, some were lost in one arm more than in another, and those were hardly ordinary ones. What the
 * arms brought can't be compared then. Sources: Fabijan et al. (KDD 2019); Kohavi, Tang, Xu (2020), chapter 21.
 */
export function checkSampleRatio(
  arms: readonly { readonly exposed: number; readonly share: number }[],
): SampleRatio {
  const total = arms.reduce((sum, { exposed }) => sum + exposed, 0);
  const shares = arms.reduce((sum, { share }) => sum + share, 0);
  const expected = arms.map(({ share }) => (total * share) / shares);
  if (Math.min(...expected) < MINIMUM_EXPECTED) {
    return { expected, statistic: 0, pValue: 1, isMismatch: false };
  }
  const statistic = arms.reduce((sum, { exposed }, i) => {
    const planned = expected[i] ?? 0;
    return sum + (exposed - planned) ** 2 / planned;
  }, 0);
  const pValue = chiSquareSf(statistic, arms.length - 1);
  return { expected, statistic, pValue, isMismatch: pValue < MISMATCH_P };
}
