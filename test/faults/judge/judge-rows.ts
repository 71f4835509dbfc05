import { setTimeout as delay } from 'node:timers/promises';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { createMember } from '../crew/crew.ts';
import type { World } from '../world.ts';
import { compareDatabases, type TableComparison } from './compare-tables.ts';
import type { FaultVerdict } from './judge.ts';

/** What drift made of the stream, beside what an undisturbed drift makes of it. */
export interface RowsVerdict {
  /** Event time up to which windows have to be closed and are compared, ISO 8601. */
  readonly windowsUntil: string;
  /** Drift has the last score of each partition: what is missing before it never comes. */
  readonly isRead: boolean;
  /** Both drifts had all answers, and had closed every window whose time had come. */
  readonly isFinished: boolean;
  readonly tables: readonly TableComparison[];
  /** What is wrong, in words; none: the tables are the same. */
  readonly found: readonly string[];
  /** Tables that hold nothing yet, and so show nothing. */
  readonly empty: readonly string[];
}

const POLL_MS = 500;
/** The policy's `allowed_lateness`, which is its default. */
const LATENESS_MS = 600_000;
const WINDOW_MS = `if(window_size = 'PT1H', 3600000, 86400000)`;

/**
 * Lets drift finish, then another one read everything from the beginning, in peace, into a database of its own, and
 * compares what stands in both. The scorers have stopped; either drift is given so long.
 */
export async function judgeRows(
  world: World,
  verdict: FaultVerdict,
  patienceMs: number,
): Promise<RowsVerdict> {
  const { env, clickHouse, drifts } = world;
  const disturbed = env.CLICKHOUSE_DATABASE;
  const undisturbed = `${disturbed}_in_peace`;
  const database = createDatabase({
    url: clickHouse.directUrl,
    database: disturbed,
    requestTimeoutMs: 120_000,
  });
  const peace = createDatabase({
    url: clickHouse.directUrl,
    database: undisturbed,
    requestTimeoutMs: 120_000,
  });
  const peaceful = { ...env, CLICKHOUSE_URL: clickHouse.directUrl, CLICKHOUSE_DATABASE: undisturbed };
  try {
    const found = await untilFinished(database, verdict, { who: 'drift', patienceMs });
    await Promise.all(drifts.map((member) => member.stop()));
    await forgetOffsets(env.KAFKA_BROKERS, `${env.TOPIC_PREFIX}drift`);
    await setUp({ env: peaceful, log: () => {} });
    // The program as it is, whatever the others' was made of.
    const reader = await createMember(`${env.TOPIC_PREFIX}drift-in-peace`, 'drift', {
      env: peaceful,
      folder: world.folder,
      mutant: undefined,
    });
    await reader.start();
    found.push(...(await untilFinished(peace, verdict, { who: 'drift in peace', patienceMs })));
    await reader.stop();
    const isFinished = found.length === 0;
    const untilMs = await readWindowsEnd(peace);
    const isRead = await hasLastScores(database, disturbed, undisturbed);
    const tables = await compareDatabases(database, disturbed, undisturbed, { untilMs });
    found.push(...tables.flatMap(describeTable));
    const empty = tables.filter(({ rows, mayBeLate }) => rows === 0 && !mayBeLate).map(({ table }) => table);
    return { windowsUntil: new Date(untilMs).toISOString(), isRead, isFinished, tables, found, empty };
  } finally {
    await Promise.all([database.close(), peace.close()]);
  }
}

/** Waits until all answers are there and all windows whose time has come are closed; else what is not, in words. */
async function untilFinished(
  database: Database,
  verdict: FaultVerdict,
  { who, patienceMs }: { readonly who: string; readonly patienceMs: number },
): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  let missing: string[] = [];
  do {
    missing = await describeMissing(database, verdict).catch((error: unknown) => [String(error)]);
    if (missing.length === 0) return [];
    await delay(POLL_MS);
  } while (performance.now() < deadline);
  return missing.map((what) => `${who}: ${what} after ${patienceMs / 1_000} s`);
}

async function describeMissing(database: Database, { roles }: FaultVerdict): Promise<string[]> {
  const counts = await database.query<{ what: string; count: number }>(
    `SELECT role || ' scores' AS what, count() AS count FROM scores GROUP BY role
    UNION ALL SELECT role || ' deadLetters' AS what, count() AS count FROM dead_letters GROUP BY role`,
  );
  const there = new Map(counts.map(({ what, count }) => [what, count]));
  const missing = Object.entries(roles).flatMap(([role, verdict]) =>
    (['scores', 'deadLetters'] as const).flatMap((kind) => {
      const count = there.get(`${role} ${kind}`) ?? 0;
      return count === verdict[kind] ? [] : [`${count} of ${verdict[kind]} ${role} ${kind}`];
    }),
  );
  if (missing.length > 0) return missing;
  const [dirty] = await database.query<{ windows: number }>(
    `SELECT count() AS windows FROM dirty_windows FINAL
    WHERE done = 0 AND toUnixTimestamp64Milli(window_start) + ${WINDOW_MS} <= {until:Int64}`,
    { until: await readWindowsEnd(database) },
  );
  return dirty?.windows === 0 ? [] : [`${dirty?.windows ?? 0} marks of windows to be closed`];
}

/** Up to where every partition of both streams has come, less the lateness that is allowed. */
async function readWindowsEnd(database: Database): Promise<number> {
  const [row] = await database.query<{ untilMs: number }>(
    `SELECT min(newest) AS untilMs FROM
    (SELECT max(toUnixTimestamp64Milli(event_time)) AS newest FROM scores GROUP BY role, source_partition)`,
  );
  return (row?.untilMs ?? 0) - LATENESS_MS;
}

/** Whether the first database has each role's last score of each partition that the second one has. */
async function hasLastScores(database: Database, first: string, second: string): Promise<boolean> {
  const lastOf = (name: string): string =>
    `SELECT role, source_partition, max(source_offset) FROM ${name}.scores GROUP BY role, source_partition`;
  const [row] = await database.query<{ unread: number }>(
    `SELECT count() AS unread FROM (${lastOf(second)} EXCEPT ${lastOf(first)})`,
  );
  return row?.unread === 0;
}

/** A group without offsets begins at the beginning. */
async function forgetOffsets(brokers: string, group: string): Promise<void> {
  const lab = await openKafkaLab(brokers);
  try {
    await lab.deleteGroup(group);
  } finally {
    await lab.close();
  }
}

function describeTable({ table, rows, missing, surplus, different }: TableComparison): string[] {
  const told = Object.entries({ missing, surplus, different }).filter(([, count]) => count > 0);
  return told.map(([what, count]) => `${table}: ${count} of ${rows} rows ${what}`);
}
