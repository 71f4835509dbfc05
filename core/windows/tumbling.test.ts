import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divides, parseDuration } from './duration.ts';
import { windowAt, windowEnd, windowStart } from './tumbling.ts';

const SIZES = ['PT10M', 'PT1H', 'PT7H', 'P1D', 'P1W', 'P2W', 'P1M', 'P3M', 'P1Y', 'P2Y'].map((text) =>
  parseDuration(text)!,
);
const sizes = fc.constantFrom(...SIZES);
const times = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2150, 0) });

describe('a window', () => {
  it.each([
    ['PT1H', '2008-11-05T13:00:00Z', '2008-11-05T14:00:00Z'],
    ['P1D', '2008-11-05T00:00:00Z', '2008-11-06T00:00:00Z'],
    ['P1W', '2008-11-03T00:00:00Z', '2008-11-10T00:00:00Z'],
    ['P1M', '2008-11-01T00:00:00Z', '2008-12-01T00:00:00Z'],
    ['P3M', '2008-10-01T00:00:00Z', '2009-01-01T00:00:00Z'],
    ['P1Y', '2008-01-01T00:00:00Z', '2009-01-01T00:00:00Z'],
    ['P2Y', '2008-01-01T00:00:00Z', '2010-01-01T00:00:00Z'],
  ])('of %s at Wednesday 2008-11-05 13:37 goes from %s to %s', (text, start, end) => {
    const { startMs, endMs } = windowAt(Date.parse('2008-11-05T13:37:00Z'), parseDuration(text)!);
    expect([new Date(startMs), new Date(endMs)]).toEqual([new Date(start), new Date(end)]);
  });

  it('holds its time, and its start but not its end', () => {
    fc.assert(
      fc.property(times, sizes, (timeMs, size) => {
        const { startMs, endMs } = windowAt(timeMs, size);
        expect(startMs).toBeLessThanOrEqual(timeMs);
        expect(endMs).toBeGreaterThan(timeMs);
        expect(windowStart(startMs, size)).toBe(startMs);
        expect(windowStart(endMs - 1, size)).toBe(startMs);
        expect(windowStart(endMs, size)).toBe(endMs);
      }),
    );
  });

  it('of a dividing base ends where the larger one ends', () => {
    fc.assert(
      fc.property(times, sizes, sizes, (timeMs, base, size) => {
        fc.pre(divides(base, size));
        const { startMs, endMs } = windowAt(timeMs, size);
        expect(windowStart(startMs, base)).toBe(startMs);
        expect(windowEnd(windowStart(endMs - 1, base), base)).toBe(endMs);
      }),
    );
  });
});
