import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divides, parseDuration } from './duration.ts';
import { referenceWindows, type WindowChoice, windowsComparedWith } from './reference-windows.ts';
import { windowAt } from './tumbling.ts';

const rolling = (windows: number, gap = 0): WindowChoice => ({
  kind: 'rolling',
  windows,
  gap,
  minimumWindows: 1,
});
const season = (period: string, windows: number): WindowChoice => ({
  kind: 'season',
  period: parseDuration(period)!,
  windows,
  minimumWindows: 1,
});

const at = (time: string, size: string) => windowAt(Date.parse(time), parseDuration(size)!);
const startsOf = (time: string, size: string, choice: WindowChoice) =>
  referenceWindows(at(time, size), choice).map(({ startMs }) => new Date(startMs).toISOString().slice(0, 13));

describe('referenceWindows', () => {
  it.each([
    ['the two hours before', '2024-03-04T10:30Z', 'PT1H', rolling(2), ['2024-03-04T08', '2024-03-04T09']],
    ['with a gap', '2024-03-04T10:30Z', 'PT1H', rolling(2, 2), ['2024-03-04T06', '2024-03-04T07']],
    [
      'months of their own lengths',
      '2024-03-04T10:30Z',
      'P1M',
      rolling(3),
      ['2023-12-01T00', '2024-01-01T00', '2024-02-01T00'],
    ],
    [
      'the same hour of the week',
      '2024-03-04T10:30Z',
      'PT1H',
      season('P1W', 2),
      ['2024-02-19T10', '2024-02-26T10'],
    ],
    [
      'the same hour of the day',
      '2024-03-01T10:30Z',
      'PT1H',
      season('P1D', 2),
      ['2024-02-28T10', '2024-02-29T10'],
    ],
    [
      'the same month of the year',
      '2024-03-04T10:30Z',
      'P1M',
      season('P1Y', 2),
      ['2022-03-01T00', '2023-03-01T00'],
    ],
    [
      'the same day of the year',
      '2024-03-01T10:30Z',
      'P1D',
      season('P1Y', 2),
      ['2022-03-01T00', '2023-03-01T00'],
    ],
    ['no 29 February where a year has none', '2024-02-29T10:30Z', 'P1D', season('P1Y', 4), ['2020-02-29T00']],
  ])('are %s', (_, time, size, choice, expected) => {
    expect(startsOf(time, size, choice)).toEqual(expected);
  });

  const sizes = fc.constantFrom('PT1H', 'P1D', 'P1W', 'P1M', 'P3M').map((text) => parseDuration(text)!);
  const choices = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(5)).map(([windows, gap]) => rolling(windows, gap)),
    fc
      .tuple(fc.constantFrom('P1D', 'P1W', 'P1Y'), fc.integer({ min: 1, max: 6 }))
      .map(([period, windows]) => season(period, windows)),
  );
  const cases = fc
    .tuple(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }), sizes, choices)
    .filter(([, size, choice]) => choice.kind === 'rolling' || divides(size, choice.period));

  it('end before the window begins, in order, each once', () => {
    fc.assert(
      fc.property(cases, ([timeMs, size, choice]) => {
        const window = windowAt(timeMs, size);
        const all = [...referenceWindows(window, choice), window];
        expect(all.slice(1).every(({ startMs }, i) => startMs >= all[i]!.endMs)).toBe(true);
      }),
    );
  });

  it('and the windows compared with one are each other’s inverse', () => {
    fc.assert(
      fc.property(cases, ([timeMs, size, choice]) => {
        const window = windowAt(timeMs, size);
        for (const earlier of referenceWindows(window, choice)) {
          expect(windowsComparedWith(earlier, choice)).toContainEqual(window);
        }
        for (const later of windowsComparedWith(window, choice)) {
          expect(referenceWindows(later, choice)).toContainEqual(window);
        }
      }),
    );
  });
});
