import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { WindowIdentity } from './decide.ts';

/** What of a version's windows is decided at present. */
export interface Watch {
  readonly policy: CompletePolicy;
  /** Segments of its windows; all leads are none. */
  readonly segments: ReadonlySet<string>;
  /** Sizes of the wall-clock windows. */
  readonly wallSizes: ReadonlySet<string>;
}

const WALL_SIGNALS: ReadonlySet<string> = new Set([
  'latency',
  'error_rate',
  'throughput',
  'lag',
  'data_quality',
  'cost',
]);
const OUTCOME_SIGNALS: ReadonlySet<string> = new Set(['performance', 'calibration', 'business']);
/** Of features, which the policy may ignore. */
const FEATURE_SIGNALS: ReadonlySet<string> = new Set(['feature_drift', 'missing_rate', 'new_category']);
/** Whose statistics alarm where the policy's `drift.alarm_on` names them. */
const CHOSEN_SIGNALS: ReadonlySet<string> = new Set(['feature_drift', 'prediction_drift']);

/** Which windows decide an alert. */
export function clockOf({
  signal,
  statistic,
}: Pick<ScoringAlert, 'signal' | 'statistic'>): WindowIdentity['clock'] {
  if (OUTCOME_SIGNALS.has(signal)) return statistic.startsWith('estimated_') ? 'estimate' : 'outcome';
  return WALL_SIGNALS.has(signal) ? 'wall' : 'event';
}

/**
 * Whether some window to come can still decide this alert: its size may alarm, its segment is cut out, its statistic
 * alarms and has a limit.
 */
export function isWatched(alert: ScoringAlert, watch: Watch): boolean {
  const hasSegment = alert.segment === null || watch.segments.has(alert.segment);
  return hasSegment && hasWindows(alert, watch) && mayAlarm(alert, watch.policy);
}

function hasWindows(alert: ScoringAlert, { policy, wallSizes }: Watch): boolean {
  const clock = clockOf(alert);
  if (clock === 'wall') return wallSizes.has(alert.window_size);
  const { alertOn } = clock === 'event' ? policy.windows : policy.performance;
  return alertOn.some(({ text }) => text === alert.window_size);
}

function mayAlarm(
  { signal, subject, statistic }: ScoringAlert,
  { drift, performance, cost }: CompletePolicy,
): boolean {
  if (signal === 'cost') return cost !== null && cost.perThousand !== null;
  if (statistic.endsWith('auc_shortfall')) return performance.aucMinimum !== null;
  if (FEATURE_SIGNALS.has(signal) && drift.ignore.has(subject)) return false;
  return !CHOSEN_SIGNALS.has(signal) || drift.alarmOn.has(statistic);
}
