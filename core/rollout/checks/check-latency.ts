import { FAST_ENOUGH_US } from '../../gate/check-service.ts';
import { formatNumber } from '../../gate/condition.ts';
import type { CheckResult, CheckState } from '../evaluation.ts';
import {
  boundQuantile,
  effectiveSizeOf,
  type QuantileBounds,
  type WeightedValue,
} from './quantile-bounds.ts';
import { answer, answerNoLeads, type CheckRequest, describeWanted } from './request.ts';

/** Inference times per lead, in microseconds. */
export interface InferenceTimes {
  /** Ascending. */
  readonly times: readonly WeightedValue[];
  /** Σ of the squared sizes of the batches: their leads share one time. */
  readonly squaredBatches: number;
}

/** A treatment's times beside its control's. */
export interface InferenceSides {
  readonly treatment: InferenceTimes;
  readonly control: InferenceTimes;
}

const LEVEL = 0.95;
const ALPHA = 0.01;

/**
 * The p95 of a treatment's inference time per lead, relative to its control's, less 1. Below a millisecond nobody waits
 * for a model: then it is good whatever the ratio, which small batches alone make large (a call costs the same for one
 * lead as for ten). It fails where the treatment's lower bound is above both that and the control's upper bound with the
 * limit added.
 */
export function checkLatency(request: CheckRequest, { treatment, control }: InferenceSides): CheckResult {
  const sample = countLeads(treatment);
  const own = boundP95(treatment);
  if (own === null) return answerNoLeads('latency', request);
  const beside = boundP95(control);
  const value = beside === null || beside.value === 0 ? null : own.value / beside.value - 1;
  const compared = beside === null ? 'the control has none to compare with' : `the control's ${us(beside)}`;
  return answer('latency', request, {
    state: judge(request, { own, beside, value, sample }),
    value,
    sample,
    detail: `p95 ${us(own)} a lead, ${compared}; under ${us({ value: FAST_ENOUGH_US })} is always good${describeWanted(sample, request)}`,
  });
}

interface Compared {
  readonly own: QuantileBounds;
  readonly beside: QuantileBounds | null;
  readonly value: number | null;
  readonly sample: number;
}

function judge(request: CheckRequest, { own, beside, value, sample }: Compared): CheckState {
  const { limit, minimumSample } = request;
  const isGood = own.value <= FAST_ENOUGH_US || (value !== null && value <= limit);
  if (isGood) return sample >= minimumSample ? 'success' : 'inconclusive';
  const lowest = own.low ?? 0;
  const highest = beside?.high ?? Infinity;
  return lowest > Math.max(FAST_ENOUGH_US, (1 + limit) * highest) ? 'failure' : 'inconclusive';
}

function boundP95(side: InferenceTimes): QuantileBounds | null {
  return boundQuantile(side.times, LEVEL, effectiveSizeOf(countLeads(side), side.squaredBatches), ALPHA);
}

function countLeads({ times }: InferenceTimes): number {
  return times.reduce((sum, { count }) => sum + count, 0);
}

function us({ value }: { readonly value: number }): string {
  return `${formatNumber(value)} µs`;
}
