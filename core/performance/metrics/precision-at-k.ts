import { type Metric, unmeasured } from '../metric.ts';
import { positivesOfTop, type ScoreCells, totalsOf } from '../score-cells.ts';
import { shareMetric } from './wilson.ts';

/**
 * Of the k best-scored leads, the share that converted: what a team that can call k leads gets. Leads tied at the border
 * count by the part of them that fits, which is what a random choice among them gives on average. `too_few` below k.
 */
export function precisionAtK(cells: ScoreCells, k: number): Metric {
  const { leads } = totalsOf(cells);
  if (leads === 0) return unmeasured('no_leads', 0);
  return leads < k ? unmeasured('too_few', leads) : shareMetric(positivesOfTop(cells, k), k);
}
