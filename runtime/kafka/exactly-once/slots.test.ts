import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSlots } from './slots.ts';

const LONGEST_MS = 50;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Who has come in, by number, in their order. */
function createRoom(comers: number) {
  const slots = createSlots({ slots: 2, longestMs: LONGEST_MS });
  const inside: number[] = [];
  const leaves: (() => void)[] = [];
  const comeIn = async (comer: number): Promise<void> => {
    leaves[comer] = await slots.enter();
    inside.push(comer);
  };
  for (let comer = 0; comer < comers; comer += 1) void comeIn(comer);
  const leave = async (comer: number): Promise<void> => {
    leaves[comer]!();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { inside, leave };
}

test('so many come in; the others follow in their order as places become free', async () => {
  const { inside, leave } = createRoom(5);
  await vi.advanceTimersByTimeAsync(0);
  expect(inside).toEqual([0, 1]);
  await leave(1);
  expect(inside).toEqual([0, 1, 2]);
  await leave(0);
  await leave(2);
  expect(inside).toEqual([0, 1, 2, 3, 4]);
});

test('a place that was left twice was left once', async () => {
  const { inside, leave } = createRoom(4);
  await vi.advanceTimersByTimeAsync(0);
  await leave(0);
  await leave(0);
  expect(inside).toEqual([0, 1, 2]);
});

test('whoever stays too long is counted no more, and his leaving later frees nothing', async () => {
  const { inside, leave } = createRoom(5);
  await vi.advanceTimersByTimeAsync(LONGEST_MS);
  expect(inside).toEqual([0, 1, 2, 3]);
  await leave(0);
  expect(inside).toEqual([0, 1, 2, 3]);
  await leave(3);
  expect(inside).toEqual([0, 1, 2, 3, 4]);
});
