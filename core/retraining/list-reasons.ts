import { formatShare } from '../drift/share.ts';
import type { CompleteRetrainingPolicy } from '../policy/retraining-defaults.ts';
import type { DriftedFeature, MatureCohort, RetrainingFacts } from './facts.ts';
import type { NamedReason } from './strength.ts';

export interface ReasonContext {
  readonly policy: CompleteRetrainingPolicy;
  readonly nowMs: number;
  /** Of the model's newest request, whoever made it; null where there was none. */
  readonly lastRequestedAtMs: number | null;
}

const DAY_MS = 86_400_000;

/** Everything that speaks for training a version anew, with its evidence; none: nothing does. */
export function listReasons(facts: RetrainingFacts, context: ReasonContext): readonly NamedReason[] {
  const reasons = [
    bySchedule(facts, context),
    byNewLabels(facts, context),
    byDrift(facts, context),
    byPerformance(facts, context),
    byCriticalDrift(facts, context),
  ];
  return reasons.filter((reason) => reason !== null);
}

const WITHOUT_WINDOW = { sample_size: null, window_start: null, window_end: null, query: null } as const;

/** Counted from the version's first score here or from the last request, whichever was later; wall clock. */
function bySchedule(
  { servingSinceMs }: RetrainingFacts,
  { policy: { schedule }, nowMs, lastRequestedAtMs }: ReasonContext,
): NamedReason | null {
  if (schedule === null || servingSinceMs === null) return null;
  const servedMs = nowMs - servingSinceMs;
  const everyMs = servedMs < schedule.firstForMs ? schedule.firstEveryMs : schedule.thenEveryMs;
  const waitedMs = nowMs - Math.max(servingSinceMs, lastRequestedAtMs ?? -Infinity);
  if (waitedMs < everyMs) return null;
  const detail = `${days(waitedMs)} days since the version began to serve or the last request; it has served for ${days(servedMs)}`;
  return {
    reason: 'schedule',
    detail,
    value: waitedMs / DAY_MS,
    threshold: everyMs / DAY_MS,
    ...WITHOUT_WINDOW,
  };
}

function byNewLabels(
  { newLabels }: RetrainingFacts,
  { policy: { newLabels: limit } }: ReasonContext,
): NamedReason | null {
  if (limit === null || newLabels === null || newLabels.count < limit) return null;
  const { count, sinceMs, query } = newLabels;
  const detail = `${count} labels recorded since ${new Date(sinceMs).toISOString().slice(0, 10)}`;
  return {
    ...WITHOUT_WINDOW,
    reason: 'new_labels',
    detail,
    value: count,
    threshold: limit,
    sample_size: count,
    query,
  };
}

/** Features that have drifted for long enough, where they carry importance together; its number is the first one's PSI. */
function byDrift({ drifted }: RetrainingFacts, { policy: { drift } }: ReasonContext): NamedReason | null {
  if (drift === null) return null;
  const lasting = drifted.filter(
    ({ psi, driftingSinceMs, windowEndMs }) =>
      psi >= drift.psi && windowEndMs - driftingSinceMs >= drift.lastingMs,
  );
  const features = largestOfEach(lasting);
  const importance = features.reduce((sum, feature) => sum + feature.importance, 0);
  const [first] = features;
  if (first === undefined || importance < drift.importance) return null;
  const named = features.slice(0, 3).map(({ feature, psi }) => `${feature} (PSI ${psi.toFixed(2)})`);
  const more = features.length > 3 ? ` and ${features.length - 3} more` : '';
  return {
    reason: 'drift',
    detail: `${formatShare(importance)} of the model's importance stands on drifted features: ${named.join(', ')}${more}`,
    value: first.psi,
    threshold: drift.psi,
    sample_size: first.sampleSize,
    window_start: first.windowStartMs,
    window_end: first.windowEndMs,
    query: first.query,
  };
}

/** Each feature once, in the size where its PSI is largest; what weighs most first. */
function largestOfEach(drifted: readonly DriftedFeature[]): readonly DriftedFeature[] {
  const byFeature = new Map<string, DriftedFeature>();
  for (const each of drifted) {
    if (each.psi > (byFeature.get(each.feature)?.psi ?? -Infinity)) byFeature.set(each.feature, each);
  }
  const weightOf = ({ importance, psi }: DriftedFeature): number => importance * psi;
  return [...byFeature.values()].sort((a, b) => weightOf(b) - weightOf(a));
}

/** Below the absolute limit, or below the training's by too much; not where the interval says it may be chance. */
function byPerformance(
  { cohort, trainedAuc }: RetrainingFacts,
  { policy: { performance } }: ReasonContext,
): NamedReason | null {
  if (performance === null || cohort === null || cohort.labels < performance.minimumLabels) return null;
  const { aucMinimum, aucDrop } = performance;
  const limits = [aucMinimum, aucDrop === null || trainedAuc === null ? null : trainedAuc - aucDrop];
  const limit = Math.max(-Infinity, ...limits.filter((each) => each !== null));
  if (!((cohort.high ?? cohort.auc) < limit)) return null;
  return {
    reason: 'performance',
    detail: describeCohort(cohort, limit, trainedAuc),
    value: cohort.auc,
    threshold: limit,
    sample_size: cohort.labels,
    window_start: cohort.windowStartMs,
    window_end: cohort.windowEndMs,
    query: cohort.query,
  };
}

function describeCohort(
  { auc, low, high, labels }: MatureCohort,
  limit: number,
  trainedAuc: number | null,
): string {
  const interval = low === null || high === null ? '' : ` (${low.toFixed(2)} to ${high.toFixed(2)})`;
  const trained = trainedAuc === null ? '' : `; at training it was ${trainedAuc.toFixed(2)}`;
  return `AUC ${auc.toFixed(3)}${interval} on ${labels} labelled leads, limit ${limit.toFixed(2)}${trained}`;
}

function byCriticalDrift(
  { criticalAlerts }: RetrainingFacts,
  { policy: { criticalDrift } }: ReasonContext,
): NamedReason | null {
  const [first] = criticalAlerts.toSorted((a, b) => b.value / b.threshold - a.value / a.threshold);
  if (!criticalDrift || first === undefined) return null;
  const more = criticalAlerts.length > 1 ? ` (one of ${criticalAlerts.length} critical alerts)` : '';
  return {
    reason: 'critical_drift',
    detail: `${first.message}${more}`,
    value: first.value,
    threshold: first.threshold,
    sample_size: first.sampleSize,
    window_start: first.windowStartMs,
    window_end: first.windowEndMs,
    query: first.query,
  };
}

function days(spanMs: number): number {
  return Math.floor(spanMs / DAY_MS);
}
