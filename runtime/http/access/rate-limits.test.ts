import { expect, test } from 'vitest';
import { createRateLimits } from './rate-limits.ts';

test('each caller has a rate of its own, and is told how long to wait', () => {
  let nowMs = 0;
  const limits = createRateLimits({ perSecond: 10, burst: 2 }, () => nowMs);
  expect([limits.take('anna'), limits.take('anna'), limits.take('anna')]).toEqual([0, 0, 100]);
  expect(limits.take('otto')).toBe(0);
  nowMs = 100;
  expect([limits.take('anna'), limits.take('anna')]).toEqual([0, 100]);
});

test('however many come, memory is bounded: who asked longest ago is forgotten first', () => {
  const limits = createRateLimits({ perSecond: 1, burst: 1 }, () => 0, 100);
  expect([limits.take('first'), limits.take('first')]).toEqual([0, 1000]);
  for (let caller = 0; caller < 99; caller++) limits.take(`caller ${caller}`);
  expect(limits.take('first')).toBe(1000);
  for (let caller = 0; caller < 100; caller++) limits.take(`other ${caller}`);
  expect(limits.take('first')).toBe(0);
});
