import { type LimitedValue, limitResult } from '../drift/limit-result.ts';
import type { DriftResult } from '../drift/result.ts';
import { deadLetterShare, modelFailureShare } from '../operations/error-shares.ts';
import { lag } from '../operations/lag.ts';
import type { OperationalWindow } from '../operations/operational-window.ts';
import { leadSilence, scorerSilence } from '../operations/silence.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { CompleteCostPolicy, CompleteOperationsPolicy } from '../policy/operations-defaults.ts';

/**
 * How the service did in a wall-clock window, as results for the alert decider: limits only, no test of significance, so
 * they fire by k of n. Cost is among them where the policy has a limit for it.
 */
export function evaluateOperations(
  window: OperationalWindow,
  { operations, cost }: CompletePolicy,
): readonly DriftResult[] {
  const values = [latency, deadLetterShare, modelFailureShare, scorerSilence, leadSilence, lag, aheadShare];
  return [...values.map((measure) => measure(window, operations)), ...costOf(window, cost)].map(limitResult);
}

function latency(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  return {
    signal: 'latency',
    subject: 'latency_ms',
    statistic: 'p95',
    value: window.latencyP95Ms ?? 0,
    limits: policy.latencyP95Ms,
    sampleSize: window.count,
    enough: window.latencyP95Ms !== null && window.count >= policy.minimumSample,
    detail: 'from the lead event on Kafka to its score',
  };
}

function aheadShare(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const { scored, aheadOfRecord } = window;
  return {
    signal: 'data_quality',
    subject: 'event_time',
    statistic: 'share',
    value: aheadOfRecord / Math.max(1, scored),
    limits: policy.aheadShare,
    sampleSize: scored,
    enough: scored >= policy.minimumSample,
    detail: `${aheadOfRecord} of ${scored} events claim to be from after Kafka got them`,
  };
}

/** A thousand scores: below, their cost says more of the hour than of the machine. */
const LEAST_COSTED_SCORES = 1_000;

function costOf(window: OperationalWindow, cost: CompleteCostPolicy | null): readonly LimitedValue[] {
  if (cost === null || cost.perThousand === null) return [];
  return [
    {
      signal: 'cost',
      subject: 'cost_per_thousand_scores',
      statistic: 'cost',
      value: window.costPerThousand ?? 0,
      limits: cost.perThousand,
      sampleSize: window.costedScores,
      enough: window.costPerThousand !== null && window.costedScores >= LEAST_COSTED_SCORES,
      detail: `${cost.currency}, of the last 24 hours`,
    },
  ];
}
