import { Z_95 } from '../../shadow/interval.ts';
import { type Metric, unmeasured } from '../metric.ts';
import { type ScoreCells, totalsOf } from '../score-cells.ts';

/**
 * Brier score, the mean squared error of the score against the label: 0 is best, order and calibration both count.
 * Interval mean ± z s / √n, none for a single lead. O(cells). Source: Brier (1950); scikit-learn's `brier_score_loss`.
 */
export function brierOf(cells: ScoreCells): Metric {
  const { leads } = totalsOf(cells);
  if (leads === 0) return unmeasured('no_leads', 0);
  let [sum, squares] = [0, 0];
  for (const [i, score] of cells.scores.entries()) {
    const positive = cells.positives[i] ?? 0;
    const negative = (cells.counts[i] ?? 0) - positive;
    sum += positive * (1 - score) ** 2 + negative * score ** 2;
    squares += positive * (1 - score) ** 4 + negative * score ** 4;
  }
  const value = sum / leads;
  if (leads < 2) return { value, low: null, high: null, sampleSize: leads };
  const variance = Math.max(0, (squares - sum * value) / (leads - 1));
  const reach = Z_95 * Math.sqrt(variance / leads);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach), sampleSize: leads };
}
