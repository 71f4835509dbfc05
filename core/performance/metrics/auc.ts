import { type Metric, unmeasured } from '../metric.ts';
import { type ScoreCells, totalsOf } from '../score-cells.ts';
import { logitInterval } from './logit-interval.ts';

/**
 * Area under the ROC curve: the probability that a lead that converted was scored above one that didn't, tied scores
 * counting half. The interval is DeLong's, on the logit, so that it stays within 0…1 and holds for large areas; there is
 * none with fewer than two leads of a class. O(cells). Two models on the same leads: `core/shadow/delong.ts`.
 * Sources: DeLong, DeLong, Clarke-Pearson (1988); Pepe (2003), 5.2 for the logit; scikit-learn's `roc_auc_score`.
 */
export function areaUnderRoc(cells: ScoreCells): Metric {
  const { leads, positives: m } = totalsOf(cells);
  const n = leads - m;
  if (leads === 0) return unmeasured('no_leads', 0);
  if (m <= 0 || n <= 0) return unmeasured('one_class', leads);
  let area = 0;
  visit(cells, m, n, (positive, _negative, below) => (area += (positive * below) / m));
  const measured = { value: area, sampleSize: leads };
  if (m < 2 || n < 2) return { ...measured, low: null, high: null };
  let [ofPositives, ofNegatives] = [0, 0];
  visit(cells, m, n, (positive, negative, below, above) => {
    ofPositives += positive * (below - area) ** 2;
    ofNegatives += negative * (above - area) ** 2;
  });
  const variance = ofPositives / (m - 1) / m + ofNegatives / (n - 1) / n;
  return { ...measured, ...logitInterval(area, Math.sqrt(variance)) };
}

/** Each cell with the shares of negatives below it and of positives above it, ties as half. */
function visit(
  { counts, positives }: ScoreCells,
  m: number,
  n: number,
  take: (positive: number, negative: number, below: number, above: number) => void,
): void {
  let [positivesBelow, negativesBelow] = [0, 0];
  for (const [i, count] of counts.entries()) {
    const positive = positives[i] ?? 0;
    const negative = count - positive;
    take(positive, negative, (negativesBelow + negative / 2) / n, (m - positivesBelow - positive / 2) / m);
    positivesBelow += positive;
    negativesBelow += negative;
  }
}
