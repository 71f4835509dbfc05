import type { Silence } from '@scoreline/core/alerts/silence.ts';
import type { Database } from '../clickhouse/database.ts';

/** Silences that may hold at once, and are read at once; each one is a person's. */
export const MOST_SILENCES = 1_000;

interface SilenceRow {
  readonly id: string;
  readonly alertId: string;
  readonly signal: string | null;
  readonly subject: string | null;
  readonly model: string | null;
  readonly modelVersion: string | null;
  readonly segment: string | null;
  readonly windowSize: string | null;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly reason: string;
  readonly actor: string;
  readonly endedBy: string | null;
}

/**
 * Silences that aren't over at `nowMs`, those that last longest first. More than may be don't stop alerts: those that end
 * first are left out, which tells somebody rather than nobody.
 */
export function readSilences(database: Pick<Database, 'query'>, nowMs: number): Promise<readonly Silence[]> {
  return read(database, `ends_at > fromUnixTimestamp64Milli({now:Int64})`, { now: nowMs });
}

/** What copies of silences elsewhere are to follow: those that hold, and those that were ended by hand within 30 days. */
export function readMirroredSilences(
  database: Pick<Database, 'query'>,
  nowMs: number,
): Promise<readonly Silence[]> {
  const condition = `ends_at > fromUnixTimestamp64Milli({now:Int64})
    OR (ended_by IS NOT NULL AND ends_at > fromUnixTimestamp64Milli({now:Int64}) - INTERVAL 30 DAY)`;
  return read(database, condition, { now: nowMs });
}

/** The newest silences, those that are over too; the latest to end first. */
export function readPastSilences(database: Pick<Database, 'query'>): Promise<readonly Silence[]> {
  return read(database, '1', {});
}

/** Undefined: there never was one with this id. */
export async function findSilence(
  database: Pick<Database, 'query'>,
  id: string,
): Promise<Silence | undefined> {
  const [found] = await read(database, 'silence_id = {id:String}', { id });
  return found;
}

/** Writes a silence as it is now. */
export function saveSilence(database: Pick<Database, 'insert'>, silence: Silence): Promise<void> {
  const { alerts } = silence;
  const row = {
    silence_id: silence.id,
    alert_id: alerts.alertId ?? '',
    signal: alerts.signal ?? null,
    subject: alerts.subject ?? null,
    model: alerts.model ?? null,
    model_version: alerts.modelVersion ?? null,
    segment: alerts.segment === null ? '' : (alerts.segment ?? null),
    window_size: alerts.windowSize ?? null,
    starts_at: silence.startsAtMs,
    ends_at: silence.endsAtMs,
    reason: silence.reason,
    actor: silence.actor,
    ended_by: silence.endedBy ?? '',
  };
  return database.insert('alert_silences_raw', [row]);
}

async function read(
  database: Pick<Database, 'query'>,
  condition: string,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly Silence[]> {
  const rows = await database.query<SilenceRow>(
    `SELECT silence_id AS id, alert_id AS alertId, signal, subject, model, model_version AS modelVersion, segment,
      window_size AS windowSize, toUnixTimestamp64Milli(starts_at) AS startsAtMs, toUnixTimestamp64Milli(ends_at) AS endsAtMs,
      reason, actor, ended_by AS endedBy
    FROM alert_silences WHERE ${condition} ORDER BY ends_at DESC LIMIT ${MOST_SILENCES}`,
    params,
  );
  return rows.map(toSilence);
}

function toSilence(row: SilenceRow): Silence {
  const { id, startsAtMs, endsAtMs, reason, actor } = row;
  const alerts = {
    alertId: row.alertId === '' ? undefined : row.alertId,
    signal: row.signal ?? undefined,
    subject: row.subject ?? undefined,
    model: row.model ?? undefined,
    modelVersion: row.modelVersion ?? undefined,
    segment: row.segment === '' ? null : (row.segment ?? undefined),
    windowSize: row.windowSize ?? undefined,
  };
  return { id, alerts, startsAtMs, endsAtMs, reason, actor, endedBy: row.endedBy ?? undefined };
}
