import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followClock } from './wall-clock.ts';

const INTERVAL_MS = 1_000;
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Timed {
  at: number | null;
}

function createTimed(at: number | null): Timed {
  const prototype = {};
  followClock(prototype, 'at');
  return Object.assign(Object.create(prototype) as Timed, { at });
}

describe.each([
  ['stays', 0],
  ['is set back', -HOUR_MS],
  ['is set ahead', HOUR_MS],
])('where the clock %s', (_, byMs) => {
  it('tells as well how long ago something was', () => {
    const group = createTimed(Date.now());
    const isDue = (): boolean => Date.now() >= (group.at ?? 0) + INTERVAL_MS;
    vi.setSystemTime(Date.now() + byMs);
    vi.advanceTimersByTime(INTERVAL_MS - 10);
    expect(isDue()).toBe(false);
    vi.advanceTimersByTime(20);
    expect(isDue()).toBe(true);
    group.at = Date.now();
    expect(isDue()).toBe(false);
  });

  it('tells as well how long something still lasts', () => {
    const pool = createTimed(Date.now() + INTERVAL_MS);
    const isOver = (): boolean => Date.now() > (pool.at ?? 0);
    vi.setSystemTime(Date.now() + byMs);
    vi.advanceTimersByTime(INTERVAL_MS - 10);
    expect(isOver()).toBe(false);
    vi.advanceTimersByTime(20);
    expect(isOver()).toBe(true);
  });
});

it('holds none', () => {
  const pool = createTimed(null);
  expect(pool.at).toBeNull();
  pool.at = 5;
  pool.at = null;
  expect(pool.at).toBeNull();
});
