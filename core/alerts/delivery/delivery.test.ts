import { describe, expect, it } from 'vitest';
import { delivered, failed, nextDue, type Waiting } from './delivery.ts';

const HOUR_MS = 3_600_000;
const waiting = (more: Partial<Waiting> = {}): Waiting => ({
  alertId: 'a',
  position: 1,
  dueSinceMs: 0,
  attempted: null,
  ...more,
});
const retryAt = (retryAtMs: number): Waiting['attempted'] => ({
  outcome: 'retrying',
  attempts: 1,
  problem: 'away',
  retryAtMs,
  dueSinceMs: 0,
});

describe('the next delivery', () => {
  it('is the oldest that is due', () => {
    const [late, first, second] = [
      waiting({ alertId: 'a', attempted: retryAt(11) }),
      waiting({ alertId: 'b', position: 2, attempted: retryAt(10) }),
      waiting({ alertId: 'c', position: 3 }),
    ];
    expect(nextDue([late, first, second], new Set(), 10)).toBe(first);
    expect(nextDue([late, first, second], new Set(['b']), 10)).toBe(second);
    expect(nextDue([late], new Set(), 10)).toBeUndefined();
  });

  it('never overtakes an earlier change of its own alert', () => {
    const changes = [waiting({ attempted: retryAt(99) }), waiting({ position: 2 })];
    expect(nextDue(changes, new Set(), 10)).toBeUndefined();
    expect(nextDue(changes, new Set(), 99)).toBe(changes[0]);
    expect(nextDue(changes.slice(1), new Set(), 10)).toBe(changes[1]);
  });
});

describe('a delivery that fails', () => {
  it('is tried again after longer and longer pauses, and given up after a day', () => {
    let change = waiting();
    const pausesMs: number[] = [];
    let nowMs = 0;
    for (let i = 0; i < 100 && change.attempted?.outcome !== 'given_up'; i++) {
      change = { ...change, attempted: failed(change, 'HTTP 503', nowMs) };
      const { retryAtMs } = change.attempted!;
      if (retryAtMs !== null) pausesMs.push(retryAtMs - nowMs);
      nowMs = retryAtMs ?? nowMs;
    }
    expect(pausesMs.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...pausesMs)).toBe(HOUR_MS);
    expect(nowMs).toBe(24 * HOUR_MS);
    expect(change.attempted).toEqual({
      outcome: 'given_up',
      attempts: pausesMs.length + 1,
      problem: 'HTTP 503',
      retryAtMs: null,
      dueSinceMs: 0,
    });
  });

  it('counts until it is taken', () => {
    const change = { ...waiting(), attempted: failed(waiting(), 'away', 0) };
    expect(delivered(change)).toEqual({
      outcome: 'delivered',
      attempts: 2,
      problem: '',
      retryAtMs: null,
      dueSinceMs: 0,
    });
  });
});
