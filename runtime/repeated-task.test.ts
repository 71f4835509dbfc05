import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRepeatedTask } from './repeated-task.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('turns follow each other, never two at once, until it is stopped', async () => {
  let running = 0;
  let turns = 0;
  const task = createRepeatedTask({
    async turn() {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 250));
      running--;
      turns++;
      return 'done';
    },
    everyMs: 100,
    maxPauseMs: 1_000,
    onError: () => {},
  });
  task.start();
  await vi.advanceTimersByTimeAsync(360);
  expect(turns).toBe(1);
  await vi.advanceTimersByTimeAsync(100);
  const stopped = task.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  await stopped;
  expect(turns).toBe(2);
});

test('a turn that fails is told, and tried again ever later until one goes well', async () => {
  const at: number[] = [];
  const startMs = Date.now();
  const errors: unknown[] = [];
  const task = createRepeatedTask({
    async turn() {
      at.push(Date.now() - startMs);
      if (at.length < 5) throw new Error(`no ${at.length}`);
      return 'done';
    },
    everyMs: 100,
    maxPauseMs: 400,
    onError: (error) => void errors.push(error),
  });
  task.start();
  await vi.advanceTimersByTimeAsync(750);
  expect(task.problem()).toBe('no 3');
  await vi.advanceTimersByTimeAsync(900);
  expect(at).toEqual([100, 300, 700, 1_100, 1_500, 1_600]);
  expect(task.problem()).toBeUndefined();
  expect(errors).toHaveLength(4);
  await task.stop();
});

test('a turn that leaves something to do is followed at once', async () => {
  let left = 3;
  const task = createRepeatedTask({
    turn: async () => (--left > 0 ? 'more' : 'done'),
    everyMs: 100,
    maxPauseMs: 400,
    onError: () => {},
  });
  task.start();
  await vi.advanceTimersByTimeAsync(110);
  expect(left).toBe(0);
  await vi.advanceTimersByTimeAsync(80);
  expect(left).toBe(0);
  await task.stop();
});
