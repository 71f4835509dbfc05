import { wilsonInterval } from '../../experiment/newcombe.ts';
import type { MeasuredMetric } from '../metric.ts';

/** A share as a metric: hits of `size` > 0 with Wilson's 95 % interval. */
export function shareMetric(hits: number, size: number): MeasuredMetric {
  return { ...wilsonInterval({ hits, size }, 0.05), sampleSize: size };
}
