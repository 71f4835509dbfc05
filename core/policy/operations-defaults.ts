import type { Levels, Policy } from '../contracts/policy.ts';
import type { Duration } from '../windows/duration.ts';
import { readDuration, readLevels, readSpan } from './read-values.ts';

/** What is asked of the service itself, in wall-clock windows; spans are in milliseconds. */
export interface CompleteOperationsPolicy {
  readonly window: Duration;
  readonly latencyP95Ms: Levels;
  /** Of dead letters, and of leads that a model failed on, among all events. */
  readonly errorShare: Levels;
  readonly silenceAfterMs: number;
  /** Seconds that it takes to score what waits. */
  readonly lagSeconds: Levels;
  /** Share of events from after Kafka got them. */
  readonly aheadShare: Levels;
  readonly minimumSample: number;
}

/** What the machine costs; without it nothing is known to cost anything. */
export interface CompleteCostPolicy {
  /** Of one core. */
  readonly cpuHour: number;
  readonly memoryGibHour: number;
  readonly currency: string;
  /** Of a day's cost per 1,000 scores; null: none alarms. */
  readonly perThousand: Levels | null;
}

const ERROR_SHARE = { lax: [0.01, 0.05], strict: [0.005, 0.01] } as const;

/**
 * Fills in the defaults of the policy's section `operations`; problems are added to `problems`. Silence is told by whole
 * windows, so a window is no longer than the silence that alarms.
 */
export function completeOperations(
  { profile = 'lax', operations = {} }: Policy,
  problems: string[],
): CompleteOperationsPolicy {
  const levels = (name: 'latency_p95_ms' | 'error_share' | 'lag_seconds' | 'ahead_share') =>
    [`operations.${name}`, operations[name]] as const;
  const window = readDuration('operations.window', operations.window ?? 'PT1M', problems);
  const silenceAfter = operations.silence_after ?? 'PT15M';
  const silenceAfterMs = readSpan('operations.silence_after', silenceAfter, problems);
  if (window.unit !== 'fixed' || window.lengthMs > silenceAfterMs) {
    problems.push(
      `operations.window: ${window.text} is longer than ${silenceAfter} (operations.silence_after), so no silence of that length would be seen`,
    );
  }
  return {
    window,
    latencyP95Ms: readLevels(...levels('latency_p95_ms'), [200, 500], problems),
    errorShare: readLevels(...levels('error_share'), ERROR_SHARE[profile], problems),
    silenceAfterMs,
    lagSeconds: readLevels(...levels('lag_seconds'), [60, 600], problems),
    aheadShare: readLevels(...levels('ahead_share'), [0.01, 0.05], problems),
    minimumSample: operations.minimum_sample ?? 50,
  };
}

/** The policy's section `cost`; null where it has none. */
export function completeCost({ cost }: Policy, problems: string[]): CompleteCostPolicy | null {
  if (cost === undefined) return null;
  const { per_thousand_scores: limits } = cost;
  return {
    cpuHour: cost.cpu_hour,
    memoryGibHour: cost.memory_gib_hour,
    currency: cost.currency,
    perThousand:
      limits === undefined ? null : readLevels('cost.per_thousand_scores', limits, [0, 0], problems),
  };
}
