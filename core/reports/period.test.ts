import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeReports } from '../policy/reports-defaults.ts';
import { addDays, dayAt, formatDay, instantOf, parseDay, weekdayOf } from './calendar.ts';
import { duePeriods, lastPeriod, periodOf } from './period.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe('a day', () => {
  it('begins at midnight of its zone, whatever its clocks do that day', () => {
    const spring = periodOf('daily', { year: 2026, month: 3, day: 29 }, 'Europe/Berlin');
    expect([iso(spring.startMs), iso(spring.endMs)]).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    const autumn = periodOf('daily', { year: 2026, month: 10, day: 25 }, 'Europe/Berlin');
    expect(autumn.endMs - autumn.startMs).toBe(25 * 3_600_000);
    const kolkata = periodOf('daily', { year: 2026, month: 1, day: 1 }, 'Asia/Kolkata');
    expect(iso(kolkata.startMs)).toBe('2025-12-31T18:30:00.000Z');
  });

  it('is read as it is written', () => {
    expect(parseDay('2026-02-28')).toEqual({ year: 2026, month: 2, day: 28 });
    expect([parseDay('2026-02-30'), parseDay('2026-2-3'), parseDay('yesterday')]).toEqual([null, null, null]);
  });

  it('every instant of it is its own, in every zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Auckland',
    );
    const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });
    fc.assert(
      fc.property(times, zones, (timeMs, zone) => {
        const day = dayAt(timeMs, zone);
        expect(instantOf(day, zone)).toBeLessThanOrEqual(timeMs);
        expect(instantOf(addDays(day, 1), zone)).toBeGreaterThan(timeMs);
      }),
    );
  });
});

describe('a week', () => {
  it('goes from Monday to Sunday', () => {
    const week = periodOf('weekly', { year: 2026, month: 11, day: 22 }, 'UTC');
    expect([week.firstDay, iso(week.endMs)]).toEqual(['2026-11-16', '2026-11-23T00:00:00.000Z']);
    expect(weekdayOf({ year: 2026, month: 11, day: 16 })).toBe(1);
    expect(lastPeriod('weekly', Date.UTC(2026, 10, 16), 'UTC').firstDay).toBe('2026-11-09');
    expect(formatDay(addDays({ year: 2026, month: 1, day: 1 }, -1))).toBe('2025-12-31');
  });
});

describe('what is due', () => {
  const due = (nowMs: number, policy = {}) =>
    duePeriods(completeReports(policy, []), nowMs).map(({ kind, firstDay }) => `${kind} ${firstDay}`);

  it('at six: the day before; on Monday at six: the week before', () => {
    expect(due(Date.UTC(2026, 10, 23, 5, 59))).toEqual(['daily 2026-11-21', 'weekly 2026-11-09']);
    expect(due(Date.UTC(2026, 10, 23, 6))).toEqual(['daily 2026-11-22', 'weekly 2026-11-16']);
    expect(due(Date.UTC(2026, 10, 22, 23))).toEqual(['daily 2026-11-21', 'weekly 2026-11-09']);
  });

  it('by the clocks of the zone', () => {
    const berlin = { time_zone: 'Europe/Berlin', weekly: null, daily: '07:30' };
    expect(due(Date.UTC(2026, 6, 2, 5, 29), berlin)).toEqual(['daily 2026-06-30']);
    expect(due(Date.UTC(2026, 6, 2, 5, 30), berlin)).toEqual(['daily 2026-07-01']);
  });

  it('nothing where the policy says null', () => {
    expect(due(0, { daily: null, weekly: null })).toEqual([]);
  });

  it('a zone that is none is a problem of the policy', () => {
    const problems: string[] = [];
    completeReports({ time_zone: 'Mars/Olympus' }, problems);
    expect(problems).toEqual([expect.stringContaining("'Mars/Olympus' is no IANA time zone")]);
  });
});
