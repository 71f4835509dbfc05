import {
  type CohortRecord,
  cohortsTouchable,
  cohortsTouched,
  spanOfCohorts,
} from '@scoreline/core/performance/plan-cohorts.ts';
import type { Duration } from '@scoreline/core/windows/duration.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import { IN_SCOPE, inWindows, scopeParams, timeLiteral } from '../windows/sql.ts';
import { readRecords, storeRecords } from './cohort-store.ts';

/** Rows may be seen this long after the time that they carry: so far back, outcomes are looked through again. */
const OVERLAP_MS = 60_000;
/** Outcomes looked through in one statement; those of one insert stay together. */
const OUTCOMES_AT_ONCE = 100_000;

export interface LookDeps {
  readonly database: Database;
  readonly models: Pick<ModelCatalog, 'policyOf'>;
  /** Asked after each slice of outcomes. */
  readonly mayGoOn: () => boolean;
  readonly outcomesAtOnce?: number;
}

/** Cohorts of a scope that an outcome may still mark. */
interface Touchable {
  readonly scope: Scope;
  readonly sizes: readonly Duration[];
  readonly records: readonly CohortRecord[];
}

/** Outcomes that reached ClickHouse from `fromMs` on and before `untilMs`. */
interface Slice {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
}

/**
 * Marks computed cohorts that hold leads of which outcomes have come since the last look, slice by slice in the order in
 * which they came, and after each moves the mark of how far was looked. Done when none are left, or no cohort that they
 * could mark: one that is computed later takes all that has come by then. An interrupted slice is done again, with the
 * same marks.
 */
export async function markTouched(deps: LookDeps, scopes: readonly Scope[]): Promise<'done' | 'more'> {
  const { database, mayGoOn, outcomesAtOnce = OUTCOMES_AT_ONCE } = deps;
  const { nowMs, readUntilMs } = await readProgress(database);
  const settledMs = nowMs - OVERLAP_MS;
  let touchable = await readTouchable(deps, scopes);
  let fromMs = readUntilMs;
  while (touchable.length > 0) {
    const slice = await readSlice(database, fromMs, outcomesAtOnce);
    if (slice.count > 0) touchable = await markOf(database, touchable, slice);
    if (slice.count < outcomesAtOnce) break;
    await storeProgress(database, Math.min(slice.untilMs, settledMs));
    if (!mayGoOn()) return 'more';
    fromMs = slice.untilMs;
  }
  await storeProgress(database, settledMs);
  return 'done';
}

async function readProgress(
  database: Database,
): Promise<{ readonly nowMs: number; readonly readUntilMs: number }> {
  const [progress] = await database.query<{ nowMs: number; readUntilMs: number }>(
    `SELECT toUnixTimestamp64Milli(now64(3)) AS nowMs,
      (SELECT toUnixTimestamp64Milli(max(read_until)) FROM performance_progress WHERE name = 'outcomes') AS readUntilMs`,
  );
  return progress ?? { nowMs: 0, readUntilMs: 0 };
}

function storeProgress(database: Database, readUntilMs: number): Promise<void> {
  return database.insert('performance_progress', [{ name: 'outcomes', read_until: readUntilMs }]);
}

async function readTouchable(
  { database, models }: LookDeps,
  scopes: readonly Scope[],
): Promise<readonly Touchable[]> {
  const touchable: Touchable[] = [];
  for (const scope of scopes) {
    const sizes = models.policyOf(scope).performance.windows;
    const records = cohortsTouchable(await readRecords(database, scope), sizes);
    if (records.length > 0) touchable.push({ scope, sizes, records });
  }
  return touchable;
}

async function readSlice(database: Database, fromMs: number, limit: number): Promise<Slice> {
  const [slice] = await database.query<Omit<Slice, 'fromMs'>>(
    `SELECT count() AS count, toUnixTimestamp64Milli(max(ingested_at)) + 1 AS untilMs
    FROM
    (
      SELECT ingested_at FROM lead_outcomes WHERE ingested_at >= ${timeLiteral(fromMs)}
      ORDER BY ingested_at LIMIT {limit:UInt32}
    )`,
    { limit },
  );
  return { fromMs, untilMs: slice?.untilMs ?? fromMs, count: slice?.count ?? 0 };
}

/** What the slice's outcomes leave to be marked. */
async function markOf(
  database: Database,
  touchable: readonly Touchable[],
  slice: Slice,
): Promise<readonly Touchable[]> {
  const left: Touchable[] = [];
  for (const { scope, sizes, records } of touchable) {
    const hoursMs = await readHours(database, scope, spanOfCohorts(records, sizes), slice);
    const touched = new Set(cohortsTouched(records, sizes, hoursMs));
    await storeRecords(
      database,
      scope,
      [...touched].map((record) => ({ ...record, isDirty: true })),
    );
    const others = records.filter((record) => !touched.has(record));
    if (others.length > 0) left.push({ scope, sizes, records: others });
  }
  return left;
}

/** Hours of event time, within the span, of which outcomes of the slice tell. */
async function readHours(
  database: Database,
  scope: Scope,
  span: ReturnType<typeof spanOfCohorts>,
  { fromMs, untilMs }: Slice,
): Promise<readonly number[]> {
  const [row] = await database.query<{ hoursMs: readonly number[] }>(
    `SELECT groupUniqArray(toUnixTimestamp(toStartOfHour(event_time)) * 1000) AS hoursMs
    FROM lead_scores
    WHERE ${IN_SCOPE} AND ${inWindows('event_time', span === null ? [] : [span])} AND lead_id IN
    (
      SELECT lead_id FROM lead_outcomes
      WHERE ingested_at >= ${timeLiteral(fromMs)} AND ingested_at < ${timeLiteral(untilMs)}
    )`,
    scopeParams(scope),
  );
  return row?.hoursMs ?? [];
}
