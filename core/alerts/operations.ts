import { type LimitedValue, limitResult } from '../drift/limit-result.ts';
import type { DriftResult } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';

type OperationsPolicy = CompletePolicy['operations'];

/** What was seen of a model version in one wall-clock window. */
export interface OperationalWindow {
  /** Scores of this version. */
  readonly count: number;
  /** Scores of all versions that serve: dead letters belong to none, so they are measured against these. */
  readonly scored: number;
  readonly deadLetters: number;
  /** From the lead event's Kafka timestamp to its score; null where nothing was scored. */
  readonly latencyP95Ms: number | null;
  /** Wall clock, of all time; null where there never was a score: a service that waits for its first isn't silent. */
  readonly lastScoreAtMs: number | null;
  /** Leads that have come and have no score yet. */
  readonly leadsWaiting: number;
  readonly nowMs: number;
}

/**
 * Latency, error share and silence as results for the alert decider: limits only, no test of significance, so they
 * fire by k of n. Silence has no minimum sample: that there is none is the point. It says nothing where no leads come.
 */
export function evaluateOperations(
  window: OperationalWindow,
  { operations }: CompletePolicy,
): readonly DriftResult[] {
  return [latency(window, operations), errorShare(window, operations), silence(window, operations)].map(
    limitResult,
  );
}

function latency(window: OperationalWindow, policy: OperationsPolicy): LimitedValue {
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

function errorShare(window: OperationalWindow, policy: OperationsPolicy): LimitedValue {
  const events = window.scored + window.deadLetters;
  return {
    signal: 'error_rate',
    subject: 'dead_letters',
    statistic: 'share',
    value: window.deadLetters / Math.max(1, events),
    limits: policy.errorShare,
    sampleSize: events,
    enough: events >= policy.minimumSample,
    detail: `${window.deadLetters} dead letters among ${events} events`,
  };
}

function silence(window: OperationalWindow, policy: OperationsPolicy): LimitedValue {
  const silentMs = window.lastScoreAtMs === null ? 0 : Math.max(0, window.nowMs - window.lastScoreAtMs);
  return {
    signal: 'throughput',
    subject: 'scores',
    statistic: 'silence_ms',
    value: silentMs,
    limits: { warning: policy.silenceAfterMs, critical: policy.silenceAfterMs },
    sampleSize: window.count,
    enough: window.lastScoreAtMs !== null && (window.leadsWaiting > 0 || silentMs <= policy.silenceAfterMs),
    detail: `no score for ${Math.round(silentMs / 1000)} s while ${window.leadsWaiting} leads wait`,
  };
}
