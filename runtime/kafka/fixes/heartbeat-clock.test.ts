import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followClock, type HeartbeatState } from './heartbeat-clock.ts';

const INTERVAL_MS = 1_000;
const HOUR_MS = 3_600_000;
/** As kafkajs asks. */
const isDue = (group: HeartbeatState): boolean => Date.now() >= group.lastRequest + INTERVAL_MS;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createGroup(): HeartbeatState {
  const prototype = {};
  followClock(prototype);
  return Object.assign(Object.create(prototype) as HeartbeatState, { lastRequest: Date.now() });
}

it.each([
  ['stays', 0],
  ['is set back', -HOUR_MS],
  ['is set ahead', HOUR_MS],
])('is due an interval after the last one, where the clock %s', (_, byMs) => {
  const group = createGroup();
  vi.setSystemTime(Date.now() + byMs);
  vi.advanceTimersByTime(INTERVAL_MS - 10);
  expect(isDue(group)).toBe(false);
  vi.advanceTimersByTime(20);
  expect(isDue(group)).toBe(true);
  group.lastRequest = Date.now();
  expect(isDue(group)).toBe(false);
});
