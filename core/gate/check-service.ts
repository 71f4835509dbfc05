import type { CompletePolicy } from '../policy/defaults.ts';
import type { ShadowReport } from '../shadow/report.ts';
import { formatNumber, type GateCondition, type GoldenCheck } from './condition.ts';

/** The code of dead letters whose score was no finite number. */
const NOT_FINITE = 'model.not_finite';
/** Faster than this per lead, nobody waits for a model. */
export const FAST_ENOUGH_US = 1_000;

/** A model that has no answer for some leads has none for their like in production. */
export function checkNotFinite({ failures, coverage }: ShadowReport): GateCondition {
  const value = failures.candidate.codes.find(({ code }) => code === NOT_FINITE)?.count ?? 0;
  const sample = coverage.pairs + failures.candidate.count;
  return {
    name: 'not_a_number',
    state: value > 0 ? 'fail' : stateWith(sample),
    value,
    limit: 0,
    sample,
    detail: `${formatNumber(value)} leads for which the candidate gave no finite number`,
  };
}

/** On the same lead events. */
export function checkFailures({ failures, coverage }: ShadowReport): GateCondition {
  const value = failures.candidate.count;
  const limit = failures.production.count;
  const sample = coverage.pairs + value;
  return {
    name: 'failures',
    state: value > limit ? 'fail' : stateWith(sample),
    value,
    limit,
    sample,
    detail: `the candidate could not score ${formatNumber(value)} lead events, production ${formatNumber(limit)} of the same`,
  };
}

/** The tail of inference time per lead, beside production's. */
export function checkInference(
  { speed, coverage }: ShadowReport,
  { inferenceRatio }: CompletePolicy['gate'],
): GateCondition {
  const value = speed?.candidate.inferenceUs?.p95 ?? null;
  const production = speed?.production.inferenceUs?.p95 ?? null;
  const limit = Math.max(FAST_ENOUGH_US, inferenceRatio * (production ?? 0));
  const common = { name: 'inference', value, limit, sample: coverage.pairs } as const;
  if (value === null) return { ...common, state: 'insufficient_data', detail: 'no inference times' };
  const beside = production === null ? '' : `, production ${formatNumber(production)} µs`;
  return {
    ...common,
    state: value <= limit ? 'pass' : 'fail',
    detail: `p95 ${formatNumber(value)} µs a lead${beside}; up to ${formatNumber(limit)} µs is allowed`,
  };
}

/** The package's golden rows hold its edge cases, with the training framework's own scores. */
export function checkEdgeCases(golden: GoldenCheck): GateCondition {
  const common = { name: 'edge_cases', limit: 0, detail: golden.detail } as const;
  if (!golden.checked) return { ...common, state: 'insufficient_data', value: null, sample: 0 };
  return {
    ...common,
    state: golden.passed ? 'pass' : 'fail',
    value: golden.passed ? 0 : 1,
    sample: golden.rows,
  };
}

function stateWith(sample: number): GateCondition['state'] {
  return sample > 0 ? 'pass' : 'insufficient_data';
}
