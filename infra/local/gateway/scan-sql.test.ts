import { expect, test } from 'vitest';

import { scanTopLevel } from './scan-sql.ts';

const words = (sql: string): string[] => [...scanTopLevel(sql)].map(({ text }) => text);

test('yields words and semicolons with their place', () => {
  expect([...scanTopLevel('SELECT 1;')]).toEqual([
    { text: 'SELECT', start: 0, end: 6 },
    { text: ';', start: 8, end: 9 },
  ]);
});

test.each([
  ['strings', "SELECT 'FORMAT; x' FORMAT CSV"],
  ['strings with escapes', String.raw`SELECT 'it\'s; FORMAT' FORMAT CSV`],
  ['doubled quotes', "SELECT 'it''s; FORMAT' FORMAT CSV"],
  ['quoted names', 'SELECT `a;b` FORMAT CSV'],
  ['brackets', 'SELECT (SELECT x FORMAT y;) FORMAT CSV'],
  ['line comments', 'SELECT -- a; FORMAT x\n FORMAT CSV'],
  ['block comments', 'SELECT /* a; FORMAT x */ FORMAT CSV'],
  ['heredocs', 'SELECT $x$ a; FORMAT $ y $x$ FORMAT CSV'],
])('passes over %s', (_, sql) => {
  expect(words(sql)).toEqual(['SELECT', 'FORMAT', 'CSV']);
});

test('an open quote ends the walk', () => {
  expect(words("SELECT 'oops FORMAT CSV")).toEqual(['SELECT']);
});
