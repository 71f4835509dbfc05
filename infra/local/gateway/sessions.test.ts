import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createSessions, type Sessions } from './sessions.ts';

let opened: number;
let ended: number[];
let sessions: Sessions<number>;

beforeEach(() => {
  vi.useFakeTimers();
  opened = 0;
  ended = [];
  sessions = createSessions(
    () => Promise.resolve((opened += 1)),
    (connection) => ended.push(connection),
  );
});
afterEach(() => vi.useRealTimers());

const use = (id: string): Promise<number | undefined> =>
  sessions.use(id, 10, (connection) => Promise.resolve(connection));

test('a session keeps its connection, others have their own', async () => {
  expect([await use('a'), await use('b'), await use('a')]).toEqual([1, 2, 1]);
});

test('a session that is being used is locked', async () => {
  const gate = Promise.withResolvers<string>();
  const first = sessions.use('a', 10, () => gate.promise);
  expect(await use('a')).toBeUndefined();
  gate.resolve('done');
  expect(await first).toBe('done');
  expect(await use('a')).toBe(1);
});

test('a silent session ends after its time, counted from its last use', async () => {
  await use('a');
  vi.advanceTimersByTime(9000);
  await use('a');
  vi.advanceTimersByTime(9000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual([1]);
  expect(await use('a')).toBe(2);
});

test('close ends all of them', async () => {
  await use('a');
  await use('b');
  await sessions.close();
  expect(ended).toEqual([1, 2]);
});
