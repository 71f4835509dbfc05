import { normalSf } from '../drift/special/normal.ts';
import type { Measured } from '../experiment/mean.ts';
import { Z_95 } from '../shadow/interval.ts';
import { findMetric, type MetricName, type MetricRow } from './metric-row.ts';

/** A metric that has a value. */
export type KnownMetric = MetricRow & { readonly value: number };

/** The metric of these rows; null where it is told no value. */
export function knownMetric(rows: readonly MetricRow[], metric: MetricName): KnownMetric | null {
  const row = findMetric(rows, metric);
  return row === undefined || row.value === null ? null : { ...row, value: row.value };
}

/** Conversions of a band, all cohorts together. */
export function pooledShare(
  rows: readonly MetricRow[],
  band: string,
): { readonly hits: number; readonly size: number } {
  let [hits, size] = [0, 0];
  for (const row of rows) {
    if (row.metric !== 'band_conversion' || row.at !== band) continue;
    hits += row.positives ?? 0;
    size += row.sampleSize;
  }
  return { hits, size };
}

/**
 * A metric's mean over the leads of all cohorts together; the variances of theirs, as their intervals tell them, add up
 * by the squares of their shares.
 */
export function pooledMean(
  rows: readonly MetricRow[],
  name: 'auc' | 'revenue_per_lead',
): (Measured & { readonly size: number }) | null {
  let [size, sum, variance] = [0, 0, 0];
  for (const { metric, value, low, high, sampleSize } of rows) {
    if (metric !== name || value === null || low === null || high === null) continue;
    size += sampleSize;
    sum += sampleSize * value;
    variance += (sampleSize * ((high - low) / (2 * Z_95))) ** 2;
  }
  return size === 0 ? null : { value: sum / size, standardError: Math.sqrt(variance) / size, size };
}

/** The p of a z. */
export function twoSided(z: number): number {
  return 2 * normalSf(Math.abs(z));
}
