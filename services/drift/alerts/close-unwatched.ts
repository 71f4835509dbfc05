import {
  closeAlert,
  type CloseReason,
  decidedUntil,
  forgetAlerts,
} from '@scoreline/core/alerts/close-alert.ts';
import { clockOf, isWatched } from '@scoreline/core/alerts/watched.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { readLatest, toRecord } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelCatalog } from '../models.ts';
import type { WallWindow } from '../operations/operation-row.ts';
import { roleOfSegment, type Scope, segmentOf } from '../streams.ts';
import { segmentsOf } from '../windows/compute-windows.ts';
import { type Decision, readAlertsStates, readLastStart } from './decisions.ts';
import { isRetired, readLastScores } from './retired.ts';

/** No window decides them: who announces them withdraws them. */
const ANNOUNCED: ReadonlySet<string> = new Set(['retraining', 'report', 'test']);

export interface CloseContext {
  readonly database: Database;
  readonly models: ModelCatalog;
  /** The wall-clock window that has just been decided. */
  readonly window: WallWindow;
  readonly nowMs: number;
}

/**
 * Decisions that resolve alerts which no window to come will decide: those of versions that no longer score while their
 * model goes on with others, and those that their version's policy has no place for any more. Each stands within its
 * scope's last decided window, so that a version or a size that comes back is decided on from there.
 */
export async function closeUnwatched(context: CloseContext): Promise<readonly Decision[]> {
  const latest = await readLatest(context.database, `state = 'firing'`);
  const firing = latest.map(toRecord).filter(({ signal }) => !ANNOUNCED.has(signal));
  if (firing.length === 0) return [];
  const reasons = await findReasons(firing, context);
  const closing = firing.filter(({ alert_id: id }) => reasons.has(id));
  const decisions: Decision[] = [];
  for (const alerts of Map.groupBy(closing, memoryKeyOf).values()) {
    const reason = reasons.get(alerts[0]?.alert_id ?? '') ?? 'left-out';
    const decision = await closeTogether(alerts, reason, context);
    if (decision !== undefined) decisions.push(decision);
  }
  return decisions;
}

/** Why each alert is to be closed, by its id; the others are watched. */
async function findReasons(
  firing: readonly ScoringAlert[],
  { database, models, window, nowMs }: CloseContext,
): Promise<ReadonlyMap<string, CloseReason>> {
  const at = { nowMs, windowMs: window.endMs - window.startMs };
  const scores = await readLastScores(database, at);
  const reasons = new Map<string, CloseReason>();
  for (const alert of firing) {
    const scope = scopeOf(alert);
    if (isRetired(scope, scores, at)) {
      reasons.set(alert.alert_id, 'retired');
      continue;
    }
    await models.learn([scope]);
    if (isLeftOut(alert, scope, models, window)) reasons.set(alert.alert_id, 'left-out');
  }
  return reasons;
}

/** Of a version whose package isn't there, the policy isn't known either. */
function isLeftOut(alert: ScoringAlert, scope: Scope, models: ModelCatalog, { size }: WallWindow): boolean {
  const known = models.packageOf(scope);
  if (known === undefined) return false;
  const { policy } = known;
  const names = segmentsOf(scope, known).map(({ name }) => name);
  const segments = new Set([...names, segmentOf(scope.role) ?? '']);
  return !isWatched(alert, { policy, segments, wallSizes: new Set([size, policy.operations.window.text]) });
}

/** Alerts of one memory, which is of one scope: retired all of them or none. Undefined where nothing is left of it. */
async function closeTogether(
  alerts: readonly ScoringAlert[],
  reason: CloseReason,
  { database, nowMs }: CloseContext,
): Promise<Decision | undefined> {
  const [first] = alerts;
  if (first === undefined) return undefined;
  const [scope, clock, size] = [scopeOf(first), clockOf(first), first.window_size];
  const state = (await readAlertsStates(database, scope, clock)).get(size);
  if (state === undefined) return undefined;
  const endMs = decidedUntil(state);
  // After what was decided last, which it must not replace, and before any window to come.
  const startMs = Math.min((await readLastStart(database, scope, clock, size)) + 1, endMs - 1);
  const closed = reason === 'retired' ? undefined : new Set(alerts.map(({ alert_id: id }) => id));
  return {
    ...scope,
    size,
    clock,
    startMs,
    endMs,
    revision: 0,
    state: forgetAlerts(state, closed),
    changes: alerts.map((alert) => closeAlert(alert, reason, nowMs)),
  };
}

function scopeOf({ model, model_version: modelVersion, signal, segment }: ScoringAlert): Scope {
  const role = signal === 'shadow_disagreement' ? 'pairs' : roleOfSegment(segment);
  return { model, modelVersion, role };
}

function memoryKeyOf(alert: ScoringAlert): string {
  const { model, modelVersion, role } = scopeOf(alert);
  return JSON.stringify([model, modelVersion, role, clockOf(alert), alert.window_size]);
}
