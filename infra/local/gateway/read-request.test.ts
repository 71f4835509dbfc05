import { expect, test } from 'vitest';

import { readOptions } from './read-request.ts';

test('what is neither of the interface nor a bound parameter is a setting', () => {
  const search = new URLSearchParams({
    query: 'SELECT 1',
    database: 'd',
    user: 'u',
    param_x: 'a b',
    max_threads: '2',
    enable_http_compression: '1',
  });
  const options = readOptions(search, {});
  expect(options).toMatchObject({
    query: 'SELECT 1',
    database: 'd',
    mayCompress: true,
    sessionId: undefined,
  });
  expect([...options.parameters]).toEqual([['x', 'a b']]);
  expect([...options.settings]).toEqual([
    ['max_threads', '2'],
    ['enable_http_compression', '1'],
  ]);
});

test('headers say what the URL does not', () => {
  const headers = { 'x-clickhouse-database': 'h', 'x-clickhouse-format': 'CSV' };
  expect(readOptions(new URLSearchParams(), headers)).toMatchObject({ database: 'h', defaultFormat: 'CSV' });
  expect(readOptions(new URLSearchParams({ database: 'u' }), headers).database).toBe('u');
});

test('a session time-out is kept within an hour', () => {
  const read = (session_timeout: string): number =>
    readOptions(new URLSearchParams({ session_id: 's', session_timeout }), {}).sessionTimeoutSeconds;
  expect(['5', '999999', 'x'].map(read)).toEqual([5, 3600, 60]);
});
