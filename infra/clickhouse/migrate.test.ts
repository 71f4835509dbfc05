import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readMigrations, splitStatements } from './migrate.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("statements end with a semicolon at a line's end, comments are left out", () => {
  const text =
    "-- first; of two;\nCREATE TABLE a (x String DEFAULT ';') ; \n\n  -- second\nSELECT ';\t' ||\n'x';\n;";
  expect(splitStatements(text)).toEqual(["CREATE TABLE a (x String DEFAULT ';')", "SELECT ';\t' ||\n'x'"]);
});

test('files come in the order of their numbers', () => {
  for (const name of ['0010_b.sql', '0002_a.sql', 'README.md'])
    writeFileSync(join(folder, name), 'SELECT 1;');
  expect(readMigrations(folder).map(({ name }) => name)).toEqual(['0002_a.sql', '0010_b.sql']);
});

test('a file without a number, or with one that is taken, is refused', () => {
  writeFileSync(join(folder, 'a.sql'), '');
  expect(() => readMigrations(folder)).toThrow('a migration is called NNNN_name.sql');
  rmSync(join(folder, 'a.sql'));
  for (const name of ['0001_a.sql', '0001_b.sql']) writeFileSync(join(folder, name), '');
  expect(() => readMigrations(folder)).toThrow('number 0001 is taken');
});
