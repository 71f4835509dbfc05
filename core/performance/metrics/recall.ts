import { type Metric, unmeasured } from '../metric.ts';
import type { Confusion } from './confusion.ts';
import { shareMetric } from './wilson.ts';

/** Of the leads that converted, the share that was at or above the threshold; Wilson's interval on their number. */
export function recallOf({ truePositives, falseNegatives, leads }: Confusion): Metric {
  const converted = truePositives + falseNegatives;
  if (leads === 0) return unmeasured('no_leads', 0);
  return converted <= 0 ? unmeasured('one_class', leads) : shareMetric(truePositives, converted);
}
