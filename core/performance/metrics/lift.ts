import { type Metric, unmeasured } from '../metric.ts';
import { positivesOfTop, type ScoreCells, totalsOf } from '../score-cells.ts';
import { shareMetric } from './wilson.ts';

/** The best-scored share that lift is told of. */
export const TOP_DECILE = 0.1;

/**
 * Conversions in the best-scored `share` of the leads by those of as many leads at random: 1 is no better than chance,
 * 1 / share is all of them. It is q / share, q being the share of the conversions that are in the top; the interval is
 * Wilson's of q, a little too wide, as the border of the top moves with the sample. Source: Ling and Li (1998).
 */
export function liftOf(cells: ScoreCells, share: number = TOP_DECILE): Metric {
  const { leads, positives } = totalsOf(cells);
  if (leads === 0) return unmeasured('no_leads', 0);
  if (positives <= 0) return unmeasured('one_class', leads);
  if (share * leads < 1) return unmeasured('too_few', leads);
  const { value, low, high } = shareMetric(positivesOfTop(cells, share * leads), positives);
  return { value: value / share, low: (low ?? 0) / share, high: (high ?? 0) / share, sampleSize: leads };
}
