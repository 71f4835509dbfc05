import { gzipSync } from 'node:zlib';

import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import {
  arrayOf,
  FLOAT64,
  nullable,
  STRING,
  TIME_MS,
  tupleOf,
  UINT32,
} from '@scoreline/runtime/clickhouse/native/types.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

/** ClickHouse's HTTP interface as its clients use it; run on the gateway, or on a server that CLICKHOUSE_URL names. */
const url = inject('stackEnv').CLICKHOUSE_URL;
const database = `gateway_${crypto.randomUUID().slice(0, 8)}`;

interface Row {
  id: number;
  name: string;
  at: string;
}

const PARTS = arrayOf(tupleOf<{ x: number | null }>({ x: nullable(FLOAT64) }));

let client: ClickHouseClient;
beforeAll(async () => {
  await post({}, `CREATE DATABASE ${database}`);
  client = createClient({
    url,
    database,
    compression: { request: true, response: true },
    log: { level: ClickHouseLogLevel.OFF },
  });
  await client.command({
    query: `CREATE TABLE leads (id UInt32, name String, at DateTime64(3, 'UTC') DEFAULT 0) ENGINE = MergeTree ORDER BY id
            SETTINGS non_replicated_deduplication_window = 100`,
  });
});
afterAll(async () => {
  await post({}, `DROP DATABASE ${database}`);
  await client.close();
});

function post(
  parameters: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/?${new URLSearchParams(parameters).toString()}`, { method: 'POST', body, headers });
}
const get = (parameters: Record<string, string>): Promise<Response> =>
  fetch(`${url}/?${new URLSearchParams(parameters).toString()}`);

async function readText(response: Response): Promise<string> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return text;
}

test('the client inserts, selects with bound parameters and reads the summary', async () => {
  const values = Array.from({ length: 5000 }, (_, id) => ({ id, name: `O'Brien\t\\ ${id} ü` }));
  const inserted = await client.insert({ table: 'leads', values, format: 'JSONEachRow' });
  expect(inserted.summary?.written_rows).toBe('5000');
  const answer = await client.query({
    query: 'SELECT id, name FROM leads WHERE id IN {ids:Array(UInt32)} AND name = {name:String}',
    query_params: { ids: [7, 8], name: "O'Brien\t\\ 7 ü" },
    format: 'JSONEachRow',
  });
  expect(await answer.json<Row>()).toEqual([{ id: 7, name: "O'Brien\t\\ 7 ü" }]);
});

test('rows go in binary as they do in JSON', async () => {
  const columns = { id: UINT32, name: STRING, at: TIME_MS, tags: arrayOf(nullable(STRING)), parts: PARTS };
  const rows = Array.from({ length: 2500 }, (_, id) => ({
    id,
    name: `O'Brien\t\\ ${id} ü`,
    at: 1_700_000_000_000 - id * 1_000_000_000,
    tags: id % 3 === 0 ? [] : ['a', null, `${id}`],
    parts: [{ x: id % 2 === 0 ? null : 0.1 * id }],
  }));
  const rowsDatabase = createDatabase({ url, database });
  const create = (table: string): Promise<void> =>
    rowsDatabase.command(
      `CREATE TABLE ${table} (id UInt32, name LowCardinality(String), at DateTime64(3, 'UTC'), tags Array(Nullable(String)),
         parts Array(Tuple(x Nullable(Float64)))) ENGINE = MergeTree ORDER BY id`,
    );
  await create('in_json');
  await create('in_binary');
  await rowsDatabase.insert('in_json', rows);
  await rowsDatabase.insert('in_binary', rows, columns);
  const select = (table: string): Promise<object[]> =>
    rowsDatabase.query(`SELECT * FROM ${table} ORDER BY id`);
  const inBinary = await select('in_binary');
  expect(inBinary).toHaveLength(rows.length);
  expect(inBinary).toEqual(await select('in_json'));
  const wrong = rowsDatabase.insert('in_binary', [{ id: 1, at: 'no time', name: 'a' }], {
    id: UINT32,
    at: STRING,
    name: STRING,
  });
  await expect(wrong).rejects.toThrow(/while converting column "at" from type String/);
  await rowsDatabase.close();
});

test('the client streams rows out of a stream in', async () => {
  const stream = await client.query({ query: 'SELECT number FROM numbers(100000)', format: 'CSV' });
  let rows = 0;
  for await (const batch of stream.stream()) rows += batch.length;
  expect(rows).toBe(100_000);
});

test('an error has the code, type and text of the engine', async () => {
  await expect(client.query({ query: 'SELECT * FROM nowhere' })).rejects.toMatchObject({
    code: '60',
    type: 'UNKNOWN_TABLE',
    message: expect.stringContaining('nowhere') as string,
  });
  const response = await post({ database }, 'SELECT 1 +');
  expect(response.status).toBe(400);
  expect(response.headers.get('x-clickhouse-exception-code')).toBe('62');
  expect(await response.text()).toMatch(
    /^Code: 62\. DB::Exception: Syntax error.*\(SYNTAX_ERROR\) \(version /s,
  );
});

test('rows that do not parse are refused with the row', async () => {
  const response = await post(
    { database, query: 'INSERT INTO leads FORMAT JSONEachRow' },
    '{"id":1}\n{"id":"x"}\n',
  );
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/^Code: 27\. .*\(at row 2\)/s);
});

test('the same token again inserts nothing', async () => {
  const insert = (): Promise<string> =>
    post(
      { database, query: 'INSERT INTO leads (id) FORMAT CSV', insert_deduplication_token: 'once' },
      '900001\n900002\n',
    ).then(readText);
  await insert();
  await insert();
  expect(await get({ database, query: 'SELECT count() FROM leads WHERE id > 900000' }).then(readText)).toBe(
    '2\n',
  );
});

test('the statement may stand in the URL, in the body, or begin in one and go on in the other', async () => {
  expect(await get({ query: 'SELECT 1 FORMAT CSV' }).then(readText)).toBe('1\n');
  expect(await post({}, 'SELECT 2').then(readText)).toBe('2\n');
  expect(await post({ query: 'SELECT 3' }, '+ 1').then(readText)).toBe('4\n');
  await post({ database }, 'INSERT INTO leads (id, name) FORMAT TSV\n800001\ta;b\n').then(readText);
  await post({ database }, "INSERT INTO leads (id, name) VALUES (800002, 'c;d')").then(readText);
  expect(
    await get({
      database,
      query: 'SELECT name FROM leads WHERE id BETWEEN 800000 AND 800009 ORDER BY id',
    }).then(readText),
  ).toBe('a;b\nc;d\n');
});

test('bound parameters and settings come with the URL and end with the request', async () => {
  const query = "SELECT {x:UInt8} + 1, {s:String}, getSetting('max_threads')";
  expect(await get({ query, param_x: '41', param_s: "it's", max_threads: '3' }).then(readText)).toBe(
    "42\tit\\'s\t3\n",
  );
  expect((await get({ query: 'SELECT {x:UInt8}' })).status).toBe(500);
  expect(await get({ query: "SELECT getSetting('max_threads') = 3" }).then(readText)).toMatch(
    /^(false|0)\n$/,
  );
  expect((await get({ query: 'SELECT 1', no_such_setting: '1' })).status).toBe(404);
});

test('a GET reads only', async () => {
  const response = await get({ database, query: 'INSERT INTO leads (id) VALUES (1)' });
  expect(response.headers.get('x-clickhouse-exception-code')).toBe('164');
});

test('a named session keeps temporary tables and its settings, and GETs read in it', async () => {
  const session_id = crypto.randomUUID();
  await post({ session_id }, 'CREATE TEMPORARY TABLE kept (x UInt8)').then(readText);
  await post({ session_id }, 'INSERT INTO kept VALUES (5)').then(readText);
  await post({ session_id }, 'SET max_threads = 2').then(readText);
  expect(
    await get({ session_id, query: "SELECT x, getSetting('max_threads') FROM kept" }).then(readText),
  ).toBe('5\t2\n');
  expect((await get({ session_id, query: 'DROP TABLE kept' })).status).toBe(500);
  expect(await post({ session_id, max_result_rows: '10' }, 'SELECT count() FROM kept').then(readText)).toBe(
    '1\n',
  );
  expect((await get({ query: 'SELECT x FROM kept' })).status).toBe(404);
});

test('bodies and answers may be packed', async () => {
  const packed = gzipSync('700001\tz\n');
  await post({ database, query: 'INSERT INTO leads (id, name) FORMAT TSV' }, new Uint8Array(packed), {
    'content-encoding': 'gzip',
  }).then(readText);
  const query = 'SELECT name FROM leads WHERE id = 700001';
  const plain = await post({ database }, query, { 'accept-encoding': 'gzip' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  const answer = await post({ database, enable_http_compression: '1' }, query, { 'accept-encoding': 'gzip' });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(await answer.text()).toBe('z\n');
});

test('a body may be packed in lz4, as clickhouse-connect does', async () => {
  const packed = Buffer.from('BCJNGGhADQAAAAAAAACMDQAAgFNFTEVDVCA0MSArIDEAAAAA', 'base64');
  const headers = { 'content-encoding': 'lz4' };
  expect(await post({}, new Uint8Array(packed), headers).then(readText)).toBe('42\n');
  expect((await post({}, 'SELECT 1', headers)).status).not.toBe(200);
});

test.each([
  'JSONEachRow',
  'JSONCompactEachRow',
  'CSV',
  'CSVWithNames',
  'TabSeparated',
  'TabSeparatedWithNamesAndTypes',
  'Values',
  'RowBinary',
  'RowBinaryWithNamesAndTypes',
  'Native',
  'Parquet',
  'Arrow',
  'ArrowStream',
  'ORC',
  'Avro',
  'MsgPack',
])('%s there and back, to the byte', async (format) => {
  const source = String.raw`SELECT toUInt32(number) AS id, concat('\0\'"\\,\t\n\xff', toString(number)) AS name,
    toDateTime64(number + 0.125, 3, 'UTC') AS at FROM numbers(1000)`;
  const table = `copy_${format.toLowerCase()}`;
  await post({ database }, `CREATE TABLE ${table} AS leads`).then(readText);
  const exported = await post({ database }, `${source} FORMAT ${format}`);
  expect(exported.headers.get('x-clickhouse-format')).toBe(format);
  const bytes = new Uint8Array(await exported.arrayBuffer());
  await post({ database, query: `INSERT INTO ${table} FORMAT ${format}` }, bytes).then(readText);
  const sum = (rows: string): Promise<string> =>
    post({ database }, `SELECT count(), sum(cityHash64(id, name, at)) FROM ${rows}`).then(readText);
  expect(await sum(table)).toBe(await sum(`(${source})`));
});

test('answers say what they are', async () => {
  const response = await post({ query_id: 'q-1', default_format: 'JSON' }, 'SELECT 1 AS x');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json; charset=UTF-8',
    'x-clickhouse-format': 'JSON',
    'x-clickhouse-query-id': 'q-1',
    'x-clickhouse-timezone': expect.any(String) as string,
  });
  expect(JSON.parse(response.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ read_rows: '1' });
  expect(await response.json()).toMatchObject({ data: [{ x: 1 }] });
});

test('it says that it lives', async () => {
  expect(await fetch(`${url}/ping`).then(readText)).toBe('Ok.\n');
  expect(await fetch(`${url}/`).then(readText)).toBe('Ok.\n');
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
});

test('many at once each get their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, x) =>
      get({ query: 'SELECT {x:UInt32} + sleepEachRow(0.001)', param_x: String(x) }).then(readText),
    ),
  );
  expect(answers).toEqual(answers.map((_, x) => `${x}\n`));
});
