import type { Levels } from '../contracts/policy.ts';
import { effectLevel } from '../drift/effect.ts';
import type { DriftResult, Signal, Statistic } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';

/** What was seen of a model version in one wall-clock window. */
export interface OperationalWindow {
  /** Scores. */
  readonly count: number;
  readonly deadLetters: number;
  /** From the lead event's Kafka timestamp to its score; null where nothing was scored. */
  readonly latencyP95Ms: number | null;
  /** Wall clock, of all time; null where there never was a score: a service that waits for its first isn't silent. */
  readonly lastScoreAtMs: number | null;
  readonly nowMs: number;
}

/**
 * Latency, error share and silence as results for the alert decider: limits only, no test of significance, so they
 * fire by k of n. Silence has no minimum sample: that there is none is the point.
 */
export function evaluateOperations(
  window: OperationalWindow,
  { operations }: CompletePolicy,
): readonly DriftResult[] {
  const events = window.count + window.deadLetters;
  const { minimumSample, silenceAfterMs } = operations;
  const silentMs = window.lastScoreAtMs === null ? 0 : Math.max(0, window.nowMs - window.lastScoreAtMs);
  const silence = { warning: silenceAfterMs, critical: silenceAfterMs };
  return [
    limitResult('latency', 'latency_ms', 'p95', window.latencyP95Ms ?? 0, operations.latencyP95Ms, {
      sampleSize: window.count,
      enough: window.count >= minimumSample && window.latencyP95Ms !== null,
      detail: 'from the lead event on Kafka to its score',
    }),
    limitResult(
      'error_rate',
      'dead_letters',
      'share',
      events === 0 ? 0 : window.deadLetters / events,
      operations.errorShare,
      {
        sampleSize: events,
        enough: events >= minimumSample,
        detail: `${window.deadLetters} dead letters among ${events} events`,
      },
    ),
    limitResult('throughput', 'scores', 'silence_ms', silentMs, silence, {
      sampleSize: window.count,
      enough: window.lastScoreAtMs !== null,
      detail: `no score for ${Math.round(silentMs / 1000)} s`,
    }),
  ];
}

function limitResult(
  signal: Signal,
  subject: string,
  statistic: Statistic,
  value: number,
  limits: Levels,
  { sampleSize, enough, detail }: { sampleSize: number; enough: boolean; detail: string },
): DriftResult {
  const level = effectLevel(value, limits);
  return {
    signal,
    subject,
    statistic,
    value,
    threshold: limits.warning,
    criticalValue: null,
    testStatistic: null,
    pValue: null,
    adjustedPValue: null,
    sampleSize,
    level,
    verdict: !enough ? 'insufficient_data' : level === 'none' ? 'ok' : 'drifted',
    alarms: true,
    detail,
  };
}
