import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { expect, test } from 'vitest';
import { clockOf } from './decode.ts';

const at = (eventTime: number, role: LeadScored['role'] = 'shadow'): LeadScored =>
  ({ role, event_time: eventTime, source: { timestamp: 10_000_000 } }) as LeadScored;

test('event time comes as far as the newest event that isn’t ahead of its record', () => {
  expect(clockOf([at(5_000_000), at(9_000_000), at(99_000_000)])).toEqual({
    maxEventTimeMs: 9_000_000,
    ahead: 1,
  });
  expect(clockOf([])).toEqual({ maxEventTimeMs: null, ahead: 0 });
});

test('a backtest moves no clock: the live shadow may be far behind it', () => {
  expect(clockOf([at(1_000_000), at(9_000_000, 'backtest')]).maxEventTimeMs).toBe(1_000_000);
  expect(clockOf([at(9_000_000, 'backtest')]).maxEventTimeMs).toBeNull();
});
