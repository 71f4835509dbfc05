import { type Metric, unmeasured } from '../metric.ts';
import { type ScoreCells, totalsOf } from '../score-cells.ts';
import { logitInterval } from './logit-interval.ts';

/**
 * Average precision, the area under the precision-recall curve as a step function: Σ (Rᵢ − Rᵢ₋₁) Pᵢ over the distinct
 * scores from the top. It tells more than AUC where few convert; at random it is their share. Interval on the logit with
 * standard error √(v (1 − v) / positives). Null without a conversion. O(cells). Sources: Boyd, Eng, Page (2013),
 * section 3.2, for the interval; scikit-learn's `average_precision_score`.
 */
export function averagePrecision(cells: ScoreCells): Metric {
  const { leads, positives: m } = totalsOf(cells);
  if (leads === 0) return unmeasured('no_leads', 0);
  if (m <= 0) return unmeasured('one_class', leads);
  let [found, taken, area] = [0, 0, 0];
  for (let i = cells.counts.length - 1; i >= 0; i--) {
    const positive = cells.positives[i] ?? 0;
    found += positive;
    taken += cells.counts[i] ?? 0;
    if (taken > 0) area += (positive / m) * (found / taken);
  }
  const value = Math.min(1, area);
  return { value, sampleSize: leads, ...logitInterval(value, Math.sqrt((value * (1 - value)) / m)) };
}
