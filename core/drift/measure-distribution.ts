import type { Distribution } from '../contracts/reference.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { chiSquare } from './chi-square.ts';
import type { ComparedDistribution } from './compared-distribution.ts';
import type { Histogram } from './histogram.ts';
import type { Measurement } from './judge.ts';
import { createKsCells } from './ks-cells.ts';
import { ksCriticalValue, ksFromCells } from './ks.ts';
import { psi, psiCriticalValue } from './psi.ts';
import { binLabel, otherBinOf } from './reference.ts';
import type { Signal, Statistic } from './result.ts';
import { formatShare } from './share.ts';
import { chiSquareQuantile } from './special/chi-square-distribution.ts';

const NO_SAMPLE: number[] = [];

type DriftPolicy = CompletePolicy['drift'];

/** What a measurement says about its subject, whatever the statistic. */
export interface Subject {
  readonly signal: Signal;
  readonly name: string;
  readonly alarms: boolean;
}

/**
 * How far values have moved from the reference: PSI, and beside it KS where the reference names `ks`, else χ².
 * Missing values are left out (they are a signal of their own); `__other__` is a bin as soon as one side has it.
 * Where a policy has left inputs of some leads out, χ² over the frozen bins, which all leads have, takes the place
 * of KS; KS of the others is only told, so that its alert goes quiet.
 */
export function measureDistribution(
  subject: Subject,
  distribution: ComparedDistribution,
  histogram: Histogram,
  policy: DriftPolicy,
): readonly Measurement[] {
  const end = otherBinOf(distribution) + 1;
  const current = histogram.counts.slice(0, end);
  const reference = [...distribution.counts, distribution.other];
  const detail = describeShift(current, reference, (bin) => binLabel(distribution, bin));
  const byPsi = measurePsi(subject, current, reference, policy, detail);
  const byChiSquare = (): Measurement =>
    measureChiSquare(subject, current, reference, policy, detail, otherBinOf(distribution));
  if (distribution.test !== 'ks') return [byPsi, byChiSquare()];
  const byKs = measureKs(subject, distribution, histogram, policy, detail);
  if (hasAllValues(distribution, histogram)) return [byPsi, byKs];
  return [byPsi, { ...byKs, alarms: false }, byChiSquare()];
}

/** Each value in an ordinary bin has its KS cell, unless it was left out; texts in `__other__` never have one. */
function hasAllValues({ counts }: Distribution, histogram: Histogram): boolean {
  return sum(histogram.ks?.counts ?? []) >= sum(histogram.counts.slice(0, counts.length));
}

function measurePsi(
  subject: Subject,
  current: readonly number[],
  reference: readonly number[],
  policy: DriftPolicy,
  detail: string,
): Measurement {
  const sizes = [sum(current), sum(reference)] as const;
  const { value, bins, pValue } = psi(current, reference);
  const enough = hasEnough(sizes, policy);
  return {
    ...named(subject, 'psi', detail),
    value,
    limits: policy.psi,
    criticalValue: enough ? psiCriticalValue(bins, ...sizes, policy.alpha) : null,
    testStatistic: value,
    pValue,
    sampleSize: sizes[0],
    enough,
  };
}

function measureKs(
  subject: Subject,
  { sample = NO_SAMPLE, cells = createKsCells(sample) }: ComparedDistribution,
  { ks }: Histogram,
  policy: DriftPolicy,
  detail: string,
): Measurement {
  const test = ksFromCells(cells, ks?.cells ?? [], ks?.counts ?? []);
  const sizes = [test.currentSize, test.referenceSize] as const;
  const enough = hasEnough(sizes, policy);
  return {
    ...named(subject, 'ks', detail),
    value: test.value,
    limits: policy.ks,
    criticalValue: enough ? ksCriticalValue(...sizes, policy.alpha) : null,
    testStatistic: test.value,
    pValue: test.pValue,
    sampleSize: test.currentSize,
    enough,
  };
}

/**
 * χ² of two histograms, its effect V at equal weights: beside a reference of 30,000, plain Cramér's V of a level
 * that goes from a half to four fifths of 200 leads is .05.
 */
export function measureChiSquare(
  subject: Subject,
  current: readonly number[],
  reference: readonly number[],
  policy: DriftPolicy,
  detail: string,
  otherIndex = -1,
): Measurement {
  const sizes = [sum(current), sum(reference)] as const;
  const test = chiSquare(current, reference, otherIndex);
  const enough = hasEnough(sizes, policy);
  return {
    ...named(subject, 'chi2', detail),
    value: test.balancedV,
    limits: policy.chi2,
    criticalValue:
      enough && test.method === 'chi2' ? criticalV(test.degreesOfFreedom, ...sizes, policy.alpha) : null,
    testStatistic: test.statistic,
    pValue: test.pValue,
    sampleSize: sizes[0],
    enough,
  };
}

/** Near homogeneity V² at equal weights is χ² · (1/N + 1/M) / 4. */
function criticalV(degreesOfFreedom: number, n: number, m: number, alpha: number): number {
  return Math.min(1, Math.sqrt(chiSquareQuantile(alpha, degreesOfFreedom) * (1 / n + 1 / m)) / 2);
}

/** The bin whose share has changed most, in words; empty where there is nothing to compare. */
export function describeShift(
  current: readonly number[],
  reference: readonly number[],
  labelOf: (bin: number) => string,
): string {
  const n = sum(current);
  const m = sum(reference);
  if (n === 0 || m === 0) return '';
  const changeOf = (bin: number): number => Math.abs((current[bin] ?? 0) / n - (reference[bin] ?? 0) / m);
  let largest = 0;
  for (const bin of current.keys()) if (changeOf(bin) > changeOf(largest)) largest = bin;
  const before = formatShare((reference[largest] ?? 0) / m);
  const after = formatShare((current[largest] ?? 0) / n);
  return `largest shift: ${labelOf(largest)} from ${before} to ${after}`;
}

/** Enough rows in the window, any in the reference. */
export function hasEnough([current, reference]: readonly [number, number], policy: DriftPolicy): boolean {
  return current >= policy.minimumSample && reference > 0;
}

function named(
  subject: Subject,
  statistic: Statistic,
  detail: string,
): Pick<Measurement, 'signal' | 'subject' | 'statistic' | 'importance' | 'alarms' | 'detail'> {
  const { signal, name, alarms } = subject;
  return { signal, subject: name, statistic, importance: null, alarms, detail };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
