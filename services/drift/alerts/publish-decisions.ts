import { announce, evolveFiring, type FiringAlerts } from '@scoreline/core/alerts/announce.ts';
import { type Silence, silenceOf } from '@scoreline/core/alerts/silence.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import {
  type PositionedAlert,
  readLastPosition,
  readLatest,
  toRecord,
} from '@scoreline/runtime/alerts/read-alerts.ts';
import { readSilences } from '@scoreline/runtime/alerts/silences.ts';
import { ClickHouseUnavailable, type Database } from '@scoreline/runtime/clickhouse/database.ts';

/** Where alerts go: resolves once they stand on the topic. */
export type PublishAlerts = (alerts: readonly ScoringAlert[]) => Promise<void>;

export interface PublishContext {
  readonly nowMs: number;
  /** Whether it is still this instance that publishes; asked between settling and publishing. */
  readonly isOwner: () => boolean;
  /** Silences can't be read, and that won't pass: records go without the one that held. */
  readonly silencesUnread: (error: unknown) => void;
}

interface UnpublishedRow {
  readonly model: string;
  readonly model_version: string;
  readonly role: string;
  readonly window_size: string;
  readonly clock: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly revision: number;
  readonly state: string;
  readonly changes: string;
  /** Empty until it is settled who speaks for whom. */
  readonly records: string;
  readonly decided_at: number;
}

/**
 * Publishes what was decided and isn't on the topic yet, in the order of its windows:
 * 1. who speaks for whom, and what a person has silenced, is settled and stored, unless a turn that was cut short has done so: then the same go again;
 * 2. topic: again after a crash, the same record with the same key;
 * 3. `alerts` in ClickHouse: the same row replaces itself;
 * 4. the decisions are marked as published.
 */
export async function publishDecisions(
  database: Database,
  publish: PublishAlerts,
  context: PublishContext,
): Promise<readonly ScoringAlert[]> {
  const rows = await readUnpublished(database);
  if (rows.length === 0) return [];
  const underWay = rows.filter(({ records }) => records !== '');
  const settled = underWay.length > 0 ? underWay : await settle(database, rows, context);
  // Whoever has taken over by now publishes what is settled; an older record must not come after theirs.
  if (!context.isOwner()) return [];
  const records = settled.flatMap((row) => JSON.parse(row.records) as PositionedAlert[]);
  await publish(records.map(toRecord));
  await database.insert('alerts_raw', records);
  await database.insert(
    'alert_decisions',
    settled.map((row) => ({ ...row, published: 1 })),
  );
  return records.map(toRecord);
}

/** Decisions read at once; what is left goes in the next turn. */
const MOST_DECISIONS = 1_000;

function readUnpublished(database: Database): Promise<UnpublishedRow[]> {
  return database.query<UnpublishedRow>(`
    SELECT model, model_version, role, window_size, clock, toUnixTimestamp64Milli(window_start) AS window_start,
      toUnixTimestamp64Milli(window_end) AS window_end, revision, state, changes, records,
      toUnixTimestamp64Milli(decided_at) AS decided_at
    FROM alert_decisions FINAL
    WHERE published = 0
    ORDER BY records = '', window_end, decided_at, model, model_version, role, window_size, clock
    LIMIT ${MOST_DECISIONS}`);
}

/** One insert, so that all of a turn's records are settled or none. */
async function settle(
  database: Database,
  rows: readonly UnpublishedRow[],
  context: PublishContext,
): Promise<readonly UnpublishedRow[]> {
  const { nowMs } = context;
  const latest = await readLatest(database, `state = 'firing'`);
  let firing: FiringAlerts = new Map(latest.map((alert) => [alert.alert_id, toRecord(alert)]));
  let position = Math.max(await readLastPosition(database), nowMs * 1_000);
  const silences = await readSilencesIfAny(database, context);
  const settled = rows.map((row) => {
    const records = announce(firing, JSON.parse(row.changes) as ScoringAlert[]);
    firing = evolveFiring(firing, records);
    const positioned = records.map((record): PositionedAlert => {
      const silence = silenceOf(record, silences, nowMs)?.id ?? null;
      return { ...record, silence, position: ++position };
    });
    return { ...row, records: JSON.stringify(positioned) };
  });
  await database.insert('alert_decisions', settled);
  return settled;
}

/** What a record says of silences is a note for other readers of the topic: no alert waits for it. */
async function readSilencesIfAny(
  database: Database,
  { nowMs, silencesUnread }: PublishContext,
): Promise<readonly Silence[]> {
  try {
    return await readSilences(database, nowMs);
  } catch (error) {
    if (error instanceof ClickHouseUnavailable) throw error;
    silencesUnread(error);
    return [];
  }
}
