import { normalSf } from '../../drift/special/normal.ts';
import { type MeasuredMetric, type Metric } from '../metric.ts';
import { type ScoreCells, totalsOf } from '../score-cells.ts';
import { poissonBinomialCdf } from './poisson-binomial.ts';
import { shareMetric } from './wilson.ts';

/** Observed over expected with the test of calibration. */
export interface ObservedOverExpected extends MeasuredMetric {
  readonly observed: number;
  readonly expected: number;
}

/** Below this variance of the conversions the normal distribution is no good. */
const EXACT_BELOW = 25;
/** Steps of the exact one beyond which its cost isn't worth its last digits. */
const MOST_STEPS = 20_000_000;

/**
 * Conversions by those that the scores expect, O / Σ p: 1 for a calibrated classifier, and the first to move when what
 * drives conversions changes. The interval is Wilson's of the conversion rate by the mean score. The p is that of O under
 * the Poisson-binomial distribution of the scores: exact where Σ p (1 − p) is below 25 (and leads times conversions below 2 · 10⁷), else normal with that variance and
 * continuity correction; scores that aren't calibrated are no probabilities, and have no test. Sources: Spiegelhalter (1986); Hong (2013) for the distribution.
 */
export function observedOverExpected(
  cells: ScoreCells,
  isCalibrated = true,
): Extract<Metric, { value: null }> | ObservedOverExpected {
  const { leads, positives: observed, expected } = totalsOf(cells);
  if (leads === 0) return { value: null, reason: 'no_leads', sampleSize: 0 };
  if (expected <= 0) return { value: null, reason: 'nothing_expected', sampleSize: leads };
  const mean = expected / leads;
  const rate = shareMetric(observed, leads);
  return {
    value: observed / expected,
    low: (rate.low ?? 0) / mean,
    high: (rate.high ?? 1) / mean,
    sampleSize: leads,
    observed,
    expected,
    ...(isCalibrated ? { pValue: testOf(cells, observed, expected) } : {}),
  };
}

function testOf(cells: ScoreCells, observed: number, expected: number): number {
  const variance = cells.scores.reduce((sum, p, i) => sum + (cells.counts[i] ?? 0) * p * (1 - p), 0);
  const leads = cells.counts.reduce((sum, count) => sum + count, 0);
  if (variance >= EXACT_BELOW || (variance > 0 && leads * observed > MOST_STEPS)) {
    const z = Math.max(0, Math.abs(observed - expected) - 0.5) / Math.sqrt(variance);
    return Math.min(1, 2 * normalSf(z));
  }
  const atMost = poissonBinomialCdf(cells, observed);
  const atLeast = 1 - poissonBinomialCdf(cells, observed - 1);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
