import { closeAlert, decidedUntil, forgetAlerts } from '@scoreline/core/alerts/close-alert.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { readLatest, toRecord } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { VersionName } from '../ingest/marks.ts';
import { roleOfSegment, type Scope } from '../streams.ts';
import { type Decision, readAlertsStates } from './decisions.ts';

/** A version that served is retired once others have scored, and it hasn't, for this long: switches take their time. */
const SERVED_AGO_MS = 10 * 60_000;
/** A candidate may be away for long and come back. */
const SHADOWED_AGO_MS = 24 * 3_600_000;

const WALL_SIGNALS: ReadonlySet<string> = new Set([
  'latency',
  'error_rate',
  'throughput',
  'lag',
  'data_quality',
  'cost',
]);
/** No window decides them: who announces them withdraws them. */
const ANNOUNCED: ReadonlySet<string> = new Set(['retraining', 'report']);
const OUTCOME_SIGNALS: ReadonlySet<string> = new Set(['performance', 'calibration', 'business']);

/**
 * Decisions that resolve the alerts of versions which no longer score, while their model goes on with others
 * (`serving`): no window of theirs will come to do so. Each stands at the last instant of its scope's last decided
 * window, so that a version which comes back is decided on from there.
 */
export async function closeRetired(
  database: Database,
  serving: readonly VersionName[],
  nowMs: number,
): Promise<readonly Decision[]> {
  const latest = await readLatest(database, `state = 'firing'`);
  const firing = latest.map(toRecord).filter(({ signal }) => !ANNOUNCED.has(signal));
  if (firing.length === 0) return [];
  const lastScores = await readLastScores(database, nowMs);
  const isRetired = (alert: ScoringAlert): boolean => {
    const { model, modelVersion, role } = scopeOf(alert);
    const isServed = serving.some((version) => version.model === model);
    const lastMs = lastScores.get(keyOf(model, modelVersion, role)) ?? -Infinity;
    return isServed && nowMs - lastMs > (role === 'pairs' ? SHADOWED_AGO_MS : SERVED_AGO_MS);
  };
  const decisions: Decision[] = [];
  for (const alerts of Map.groupBy(firing.filter(isRetired), memoryKeyOf).values()) {
    const [first] = alerts;
    if (first === undefined) continue;
    const scope = scopeOf(first);
    const clock = clockOf(first);
    const state = (await readAlertsStates(database, scope, clock)).get(first.window_size);
    if (state === undefined) continue;
    const endMs = decidedUntil(state);
    const changes = alerts.map((alert) => closeAlert(alert, nowMs));
    const at = { size: first.window_size, clock, startMs: endMs - 1, endMs, revision: 0 } as const;
    decisions.push({ ...scope, ...at, state: forgetAlerts(state), changes });
  }
  return decisions;
}

async function readLastScores(database: Database, nowMs: number): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<VersionName & { role: string; lastMs: number }>(
    `SELECT model, model_version AS modelVersion, if(role = 'shadow', 'pairs', toString(role)) AS role,
      toUnixTimestamp64Milli(max(scored_at)) AS lastMs
    FROM lead_scores
    WHERE scored_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC')
    GROUP BY model, modelVersion, role`,
    { after: nowMs - SHADOWED_AGO_MS },
  );
  return new Map(
    rows.map(({ model, modelVersion, role, lastMs }) => [keyOf(model, modelVersion, role), lastMs]),
  );
}

function scopeOf({ model, model_version: modelVersion, signal, segment }: ScoringAlert): Scope {
  const role = signal === 'shadow_disagreement' ? 'pairs' : roleOfSegment(segment);
  return { model, modelVersion, role };
}

function clockOf({ signal, statistic }: ScoringAlert): Decision['clock'] {
  if (OUTCOME_SIGNALS.has(signal)) return statistic.startsWith('estimated_') ? 'estimate' : 'outcome';
  return WALL_SIGNALS.has(signal) ? 'wall' : 'event';
}

function memoryKeyOf(alert: ScoringAlert): string {
  const { model, modelVersion, role } = scopeOf(alert);
  return JSON.stringify([model, modelVersion, role, clockOf(alert), alert.window_size]);
}

function keyOf(model: string, modelVersion: string, role: string): string {
  return JSON.stringify([model, modelVersion, role]);
}
