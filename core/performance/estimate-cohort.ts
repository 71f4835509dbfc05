import { Z_95 } from '../shadow/interval.ts';
import type { MetricRow } from './metric-row.ts';
import { toMetricRow } from './metric-row.ts';
import type { Metric } from './metric.ts';
import { areaUnderRoc } from './metrics/auc.ts';
import { averagePrecision } from './metrics/average-precision.ts';
import { confusionAt } from './metrics/confusion.ts';
import { f1Of } from './metrics/f1.ts';
import { precisionOf } from './metrics/precision.ts';
import { recallOf } from './metrics/recall.ts';
import { expectedCells, type ScoreCells, totalsOf } from './score-cells.ts';

/**
 * What a calibrated classifier's metrics should come to before any label has come: a lead scored p counts as p of a
 * conversion and 1 − p of none (confidence-based performance estimation). It sees leads that are harder to tell apart; it
 * can't see that the scores have become wrong, which only labels show. The interval is where the realised metric would
 * lie in 95 of 100 such cohorts, were the scores right. O(cells). Source: NannyML's CBPE; Guillory et al. (2021).
 */
export function estimateCohort(cells: ScoreCells, threshold: number): readonly MetricRow[] {
  const expected = expectedCells(cells);
  const { leads, positives } = totalsOf(expected);
  const confusion = confusionAt(expected, threshold);
  const row = (metric: MetricRow['metric'], measured: Metric, at = ''): MetricRow =>
    toMetricRow(metric, measured, { at, positives });
  return [
    row('leads', { value: leads, low: null, high: null, sampleSize: leads }),
    row('auc', areaUnderRoc(expected)),
    row('average_precision', averagePrecision(expected)),
    row('precision', precisionOf(confusion), String(threshold)),
    row('recall', recallOf(confusion), String(threshold)),
    row('f1', f1Of(confusion), String(threshold)),
    row(
      'brier',
      sumOverLeads(cells, (p) => [p * (1 - p), p * (1 - p) * (1 - 2 * p) ** 2]),
    ),
    row(
      'conversion',
      sumOverLeads(cells, (p) => [p, p * (1 - p)]),
    ),
  ];
}

/** The mean over leads of a quantity of which `of` tells mean and variance for a lead scored p. */
function sumOverLeads(
  { scores, counts }: ScoreCells,
  of: (p: number) => readonly [mean: number, variance: number],
): Metric {
  let [leads, sum, variance] = [0, 0, 0];
  for (const [i, count] of counts.entries()) {
    const [mean, spread] = of(scores[i] ?? 0);
    leads += count;
    sum += count * mean;
    variance += count * spread;
  }
  if (leads === 0) return { value: null, reason: 'no_leads', sampleSize: 0 };
  const [value, reach] = [sum / leads, (Z_95 * Math.sqrt(variance)) / leads];
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach), sampleSize: leads };
}
