import { expect, test } from 'vitest';
import { openCsv } from './read-csv.ts';
import { createRowClock } from './event-times.ts';
import { createMonthRunClock, createMonthRunCounter, monthNumber } from './month-runs.ts';

const BANK = new URL('../../data/bank/bank-additional-full.csv.gz', import.meta.url).pathname;

function runsOf(months: readonly (number | undefined)[], firstYear = 2008) {
  const counter = createMonthRunCounter(firstYear);
  for (const month of months) counter.add(month);
  return counter.runs();
}

test('a month below the one before begins the next year; rows lie i/n into their month', () => {
  const runs = runsOf([11, 11, 12, 3]);
  expect(runs.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 7))).toEqual([
    '2008-11',
    '2008-12',
    '2009-03',
  ]);
  const clock = createMonthRunClock(runs);
  expect([1, 2, 3, 4].map((row) => new Date(clock(row)).toISOString())).toEqual([
    '2008-11-01T00:00:00.000Z',
    '2008-11-16T00:00:00.000Z',
    '2008-12-01T00:00:00.000Z',
    '2009-03-01T00:00:00.000Z',
  ]);
});

test('a row whose month can not be read belongs to the run around it', () => {
  expect(runsOf([undefined, 5, undefined, 5, 6]).map(({ firstRow, count }) => [firstRow, count])).toEqual([
    [1, 4],
    [5, 1],
  ]);
});

test('months by name or number', () => {
  expect(['may', 'MAY', 'September', '12', '0', '13', 'mon', ''].map(monthNumber)).toEqual([
    5,
    5,
    9,
    12,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('the bank’s history: 26 months from May 2008 to November 2010, times never falling', async () => {
  const open = () => openCsv(BANK, { delimiter: ';' });
  const rule = { field: 'created_at', runs_of_months: { column: 'month', first_year: 2008 } };
  const clock = await createRowClock(rule, open);
  const months = new Set<string>();
  let latest = -Infinity;
  for (let row = 1; row <= 41_188; row += 1) {
    const timeMs = clock?.(row) ?? NaN;
    expect(timeMs >= latest).toBe(true);
    latest = timeMs;
    months.add(new Date(timeMs).toISOString().slice(0, 7));
  }
  expect([...months].at(0)).toBe('2008-05');
  expect([...months].at(-1)).toBe('2010-11');
  expect(months.size).toBe(26);
  expect([...months].filter((month) => /-0[12]$/.test(month))).toEqual([]);
});

test('evenly: a row each step from the start', async () => {
  const rule = { field: 'at', evenly: { start: '2024-01-01', every: 'PT30M' } };
  const clock = await createRowClock(rule, () => openCsv(BANK));
  expect(clock?.(3)).toBe(Date.UTC(2024, 0, 1, 1));
});
