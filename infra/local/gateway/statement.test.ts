import { expect, test } from 'vitest';

import { readStatement } from './statement.ts';

const read = (text: string): ReturnType<typeof readStatement> => readStatement(Buffer.from(text, 'latin1'));

/** The statement with its gap shown as `<>`, and the rows as text. */
function split(text: string): { sql: string; rows: string } | undefined {
  const statement = read(text);
  if (statement.kind !== 'load') return undefined;
  return { sql: statement.sql('<>'), rows: statement.rows.toString('latin1') };
}

test('rows begin after the format, blanks and one newline', () => {
  expect(split('INSERT INTO t FORMAT CSV \r\n\n1,2\n')).toEqual({
    sql: 'INSERT INTO t  FROM INFILE <> FORMAT CSV',
    rows: '\n1,2\n',
  });
});

test('rows may follow on the same line, and may hold what looks like SQL', () => {
  expect(split('insert into t format JSONEachRow {"a":"; FORMAT CSV"}')?.rows).toBe('{"a":"; FORMAT CSV"}');
});

test('bytes of a binary format are left as they are', () => {
  const rows = '\x00\xff\xfe\n \x20';
  expect(split(`INSERT INTO t FORMAT RowBinary\n${rows}`)?.rows).toBe(rows);
});

test('the file stands before settings, and columns are no keywords', () => {
  expect(split('INSERT INTO t (format, values) SETTINGS async_insert = 0 FORMAT CSV\n1')?.sql).toBe(
    'INSERT INTO t (format, values)  FROM INFILE <> SETTINGS async_insert = 0 FORMAT CSV',
  );
});

test('an insert without rows of its own stays text', () => {
  for (const sql of [
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t SELECT 1',
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    'INSERT INTO t WITH 1 AS x SELECT x',
    'INSERT INTO t FORMAT',
  ])
    expect(read(sql)).toEqual({ kind: 'text', sql, format: undefined });
});

test('the last FORMAT of a query is its output format', () => {
  expect(read('SELECT 1 FORMAT JSON')).toMatchObject({ kind: 'text', format: 'JSON' });
  expect(read("SELECT 'FORMAT JSON'")).toMatchObject({ kind: 'text', format: undefined });
});

test('a trailing semicolon is fine, a second statement is not', () => {
  expect(read('SELECT 1;\n')).toMatchObject({ kind: 'text' });
  expect(read('SELECT 1; SELECT 2')).toMatchObject({ kind: 'refused', code: 62 });
});

test('a query that is not UTF-8 is refused rather than changed', () => {
  expect(read("SELECT '\xff'")).toMatchObject({ kind: 'refused', code: 6 });
});

test('nothing at all is empty', () => {
  expect(read(' \n')).toEqual({ kind: 'empty' });
});
