import type { CompleteDriftPolicy } from '../policy/drift-defaults.ts';
import { chiSquare } from './chi-square.ts';
import type { ComparedDistribution } from './compared-distribution.ts';
import type { Divergence } from './divergence.ts';
import type { Histogram } from './histogram.ts';
import { jensenShannon, jsCriticalValue } from './js.ts';
import { klCriticalValue, kullbackLeibler } from './kl.ts';
import { createKsCells } from './ks-cells.ts';
import { ksCriticalValue, ksFromCells } from './ks.ts';
import { measureWasserstein } from './measure-wasserstein.ts';
import { describeSubject, hasEnough, type Measurement, type Subject } from './measurement.ts';
import { psi, psiCriticalValue } from './psi.ts';
import { binLabel, otherBinOf } from './reference.ts';
import { formatShare } from './share.ts';
import { chiSquareQuantile } from './special/chi-square-distribution.ts';

const NO_SAMPLE: number[] = [];

/** Two histograms over the same bins, and what changed between them in words. */
interface Compared {
  readonly current: readonly number[];
  readonly reference: readonly number[];
  readonly detail: string;
}

/**
 * How far values have moved from the reference: PSI; KS where the reference names `ks`, else χ²; KL and
 * Jensen–Shannon; Wasserstein for numbers. Missing values are left out (they are a signal of their own);
 * `__other__` is a bin as soon as one side has it.
 * Where a policy has left inputs of some leads out, χ² over the frozen bins, which all leads have, takes the place
 * of KS; what is measured on the values of the others is only told, so that its alert goes quiet.
 */
export function measureDistribution(
  subject: Subject,
  distribution: ComparedDistribution,
  histogram: Histogram,
  policy: CompleteDriftPolicy,
): readonly Measurement[] {
  const current = histogram.counts.slice(0, otherBinOf(distribution) + 1);
  const reference = [...distribution.counts, distribution.other];
  const detail = describeShift(current, reference, (bin) => binLabel(distribution, bin));
  const compared = { current, reference, detail };
  return [
    measureDivergence(subject, 'psi', compared, policy),
    ...testDistribution(subject, distribution, histogram, policy, compared),
    measureDivergence(subject, 'kl', compared, policy),
    measureDivergence(subject, 'js', compared, policy),
  ];
}

/** The test that the reference names, and Wasserstein by its p. */
function testDistribution(
  subject: Subject,
  distribution: ComparedDistribution,
  histogram: Histogram,
  policy: CompleteDriftPolicy,
  compared: Compared,
): readonly Measurement[] {
  const withWasserstein = (tested: Measurement): readonly Measurement[] => {
    const wasserstein = measureWasserstein(subject, distribution, histogram, policy, tested);
    return wasserstein === null ? [tested] : [tested, wasserstein];
  };
  const byChiSquare = (): Measurement =>
    measureChiSquare(subject, compared, policy, otherBinOf(distribution));
  if (distribution.test !== 'ks') return withWasserstein(byChiSquare());
  const byValues = withWasserstein(measureKs(subject, distribution, histogram, policy, compared.detail));
  if (hasAllValues(distribution, histogram)) return byValues;
  return [...byValues.map((measurement) => ({ ...measurement, alarms: false })), byChiSquare()];
}

/** Each value in an ordinary bin has its KS cell, unless it was left out; texts in `__other__` never have one. */
function hasAllValues({ counts }: ComparedDistribution, histogram: Histogram): boolean {
  return sum(histogram.ks?.counts ?? []) >= sum(histogram.counts.slice(0, counts.length));
}

type Divergent = 'psi' | 'kl' | 'js';

interface DivergenceMethod {
  readonly of: (current: readonly number[], reference: readonly number[]) => Divergence;
  readonly criticalValue: (bins: number, n: number, m: number, alpha: number) => number;
}

const DIVERGENCES: Readonly<Record<Divergent, DivergenceMethod>> = {
  psi: { of: psi, criticalValue: psiCriticalValue },
  kl: { of: kullbackLeibler, criticalValue: klCriticalValue },
  js: { of: jensenShannon, criticalValue: jsCriticalValue },
};

function measureDivergence(
  subject: Subject,
  statistic: Divergent,
  { current, reference, detail }: Compared,
  policy: CompleteDriftPolicy,
): Measurement {
  const sizes = [sum(current), sum(reference)] as const;
  const method = DIVERGENCES[statistic];
  const { value, bins, chiSquare: testStatistic, pValue } = method.of(current, reference);
  const enough = hasEnough(sizes, policy);
  return {
    ...describeSubject(subject, statistic, policy),
    value,
    limits: policy[statistic],
    criticalValue: enough ? method.criticalValue(bins, ...sizes, policy.alpha) : null,
    testStatistic,
    pValue,
    sampleSize: sizes[0],
    enough,
    detail,
  };
}

function measureKs(
  subject: Subject,
  { sample = NO_SAMPLE, cells = createKsCells(sample) }: ComparedDistribution,
  { ks }: Histogram,
  policy: CompleteDriftPolicy,
  detail: string,
): Measurement {
  const test = ksFromCells(cells, ks?.cells ?? [], ks?.counts ?? []);
  const sizes = [test.currentSize, test.referenceSize] as const;
  const enough = hasEnough(sizes, policy);
  return {
    ...describeSubject(subject, 'ks', policy),
    value: test.value,
    limits: policy.ks,
    criticalValue: enough ? ksCriticalValue(...sizes, policy.alpha) : null,
    testStatistic: test.value,
    pValue: test.pValue,
    sampleSize: test.currentSize,
    enough,
    detail,
  };
}

/**
 * χ² of two histograms, its effect V at equal weights: beside a reference of 30,000, plain Cramér's V of a level
 * that goes from a half to four fifths of 200 leads is .05.
 */
export function measureChiSquare(
  subject: Subject,
  { current, reference, detail }: Compared,
  policy: CompleteDriftPolicy,
  otherIndex = -1,
): Measurement {
  const sizes = [sum(current), sum(reference)] as const;
  const test = chiSquare(current, reference, otherIndex);
  const enough = hasEnough(sizes, policy);
  return {
    ...describeSubject(subject, 'chi2', policy),
    value: test.balancedV,
    limits: policy.chi2,
    criticalValue:
      enough && test.method === 'chi2' ? criticalV(test.degreesOfFreedom, ...sizes, policy.alpha) : null,
    testStatistic: test.statistic,
    pValue: test.pValue,
    sampleSize: sizes[0],
    enough,
    detail,
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

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
