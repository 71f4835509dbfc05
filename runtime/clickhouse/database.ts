import { Readable } from 'node:stream';
import { ClickHouseError } from '@clickhouse/client';
import { type ClickHouseClient, type ClickHouseSettings, createClickHouse } from './client.ts';
import { explainRefusal, REFUSALS } from './explain.ts';
import { writeNativeBlock } from './native/block.ts';
import type { NativeColumns } from './native/types.ts';

/** Bound parameters of a statement: `{name:Type}` in its text. */
export type QueryParams = Readonly<Record<string, unknown>>;

/** A ClickHouse database as the services see it. Each call is bounded in time. */
export interface Database {
  /** The rows of a SELECT as objects; 64-bit integers come as numbers. */
  query<Row>(sql: string, params?: QueryParams): Promise<Row[]>;
  /** A statement without an answer, `INSERT … SELECT` for one; waits until it is done. */
  command(sql: string, params?: QueryParams): Promise<void>;
  /**
   * Inserts rows as one block; none is no call. Numbers for DateTime64(3) are epoch milliseconds. An insert whose fate
   * is unknown can be repeated: in our tables rows of one identity replace each other. (No deduplication token says
   * that: MergeTree notes it before the rows are there, and a kill in between would lose them.) With `columns` the
   * rows go in binary, for tables that take thousands a second.
   */
  insert(table: string, rows: readonly object[], columns?: NativeColumns): Promise<void>;
  close(): Promise<void>;
}

/** ClickHouse can't be asked now (away, overloaded, not set up): nothing is wrong with the statement; try again. */
export class ClickHouseUnavailable extends Error {}

/** By code, never by text: what passes by itself or once an operator has done something. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  ...REFUSALS,
  '60', // UNKNOWN_TABLE: the setup step has not run yet
  '81', // UNKNOWN_DATABASE: the same
  '159', // TIMEOUT_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '252', // TOO_MANY_PARTS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED
  '425', // SYSTEM_ERROR
  '999', // KEEPER_EXCEPTION
]);

/** Opens a database; nothing is sent before the first call. */
export function createDatabase(settings: ClickHouseSettings): Database {
  const client = createClickHouse(settings);
  const guard = <T>(call: () => Promise<T>): Promise<T> => tellUnavailable(call, settings);
  return {
    query: <Row>(sql: string, params: QueryParams = {}) => guard(() => selectRows<Row>(client, sql, params)),
    async command(sql, params = {}) {
      await guard(() => client.command({ query: sql, query_params: { ...params } }));
    },
    async insert(table, rows, columns) {
      if (rows.length === 0) return;
      await guard(() =>
        columns === undefined
          ? insertJson(client, table, rows)
          : insertBlock(client, table, writeNativeBlock(columns, rows)),
      );
    },
    close: () => client.close(),
  };
}

async function selectRows<Row>(client: ClickHouseClient, sql: string, params: QueryParams): Promise<Row[]> {
  const answer = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' });
  return answer.json<Row>();
}

/** Acknowledged once the rows are there, not once they wait for others. */
const INSERT_SETTINGS = { async_insert: 0 } as const;

async function insertJson(client: ClickHouseClient, table: string, rows: readonly object[]): Promise<void> {
  const clickhouse_settings = { ...INSERT_SETTINGS, precise_float_parsing: 1 } as const;
  await client.insert({ table, values: [...rows], format: 'JSONEachRow', clickhouse_settings });
}

/** The client's own insert knows formats of text alone. */
async function insertBlock(client: ClickHouseClient, table: string, block: Buffer): Promise<void> {
  const query = `INSERT INTO ${table} FORMAT Native`;
  const values = Readable.from([block], { objectMode: false });
  const { stream } = await client.exec({ query, values, clickhouse_settings: INSERT_SETTINGS });
  // Its connection is free for others once the empty answer has been read.
  for await (const _nothing of stream);
}

async function tellUnavailable<T>(call: () => Promise<T>, { username }: ClickHouseSettings): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isPassing(error)) throw error;
    const reason =
      explainRefusal(error, username) ?? (error instanceof Error ? error.message : String(error));
    throw new ClickHouseUnavailable(`ClickHouse can not be used now: ${reason}`, { cause: error });
  }
}

/** What isn't an answer of the server is the network's or a time-out, unless it is a defect of ours. */
function isPassing(error: unknown): boolean {
  if (error instanceof ClickHouseError) return PASSING_CODES.has(error.code);
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
}
