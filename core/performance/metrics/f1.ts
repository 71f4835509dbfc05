import { type Metric, unmeasured } from '../metric.ts';
import type { Confusion } from './confusion.ts';
import { shareMetric } from './wilson.ts';

/**
 * Harmonic mean of precision and recall at the threshold, F1 = 2 TP / (2 TP + FP + FN). With J = TP / (TP + FP + FN), a
 * plain share of the leads that are predicted or converted, F1 = 2 J / (1 + J) rises with J: its interval is Wilson's of J,
 * taken through the same function. Sources: van Rijsbergen (1979); Jaccard (1901) for J.
 */
export function f1Of({ truePositives, falsePositives, falseNegatives, leads }: Confusion): Metric {
  const concerned = truePositives + falsePositives + falseNegatives;
  if (leads === 0) return unmeasured('no_leads', 0);
  if (concerned <= 0) return unmeasured('one_class', leads);
  const { value, low, high } = shareMetric(truePositives, concerned);
  const f1 = (j: number): number => (2 * j) / (1 + j);
  return {
    value: f1(value),
    low: low === null ? null : f1(low),
    high: high === null ? null : f1(high),
    sampleSize: leads,
  };
}
