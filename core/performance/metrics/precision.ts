import { type Metric, unmeasured } from '../metric.ts';
import type { Confusion } from './confusion.ts';
import { shareMetric } from './wilson.ts';

/** Of the leads at or above the threshold, the share that converted; Wilson's interval on their number. */
export function precisionOf({ truePositives, falsePositives, leads }: Confusion): Metric {
  const predicted = truePositives + falsePositives;
  if (leads === 0) return unmeasured('no_leads', 0);
  return predicted === 0 ? unmeasured('nobody_predicted', 0) : shareMetric(truePositives, predicted);
}
