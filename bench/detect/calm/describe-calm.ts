import { describeTable } from '../table.ts';
import type { CalmMonth } from './simulate-calm-months.ts';

/** Months of one size of window in worlds of one kind. */
export interface CalmSummary {
  readonly cycles: boolean;
  readonly rowsAnHour: number;
  readonly months: number;
  /** False alarms a month. */
  readonly mean: number;
  /** Months by their number of alarms, from 0 on. */
  readonly monthsByAlarms: readonly number[];
  /** What fired, and how often. */
  readonly fired: Readonly<Record<string, number>>;
  /** Hours a month at which the naive rule alarms. */
  readonly naiveMean: number;
}

/** Sums up months by kind of world and size of window. */
export function summarizeCalm(cycles: boolean, months: readonly CalmMonth[]): readonly CalmSummary[] {
  return Array.from(
    Map.groupBy(months, ({ rowsAnHour }) => rowsAnHour),
    ([rowsAnHour, ofSize]) => {
      const alarms = ofSize.map(({ fired }) => fired.length);
      const monthsByAlarms = Array.from(
        { length: Math.max(...alarms) + 1 },
        (_, count) => alarms.filter((n) => n === count).length,
      );
      const fired: Record<string, number> = {};
      for (const alertId of ofSize.flatMap((month) => month.fired))
        fired[alertId] = (fired[alertId] ?? 0) + 1;
      const naive = ofSize.map((month) => month.naive).filter((count) => count !== null);
      return {
        cycles,
        rowsAnHour,
        months: ofSize.length,
        mean: mean(alarms),
        monthsByAlarms,
        fired,
        naiveMean: mean(naive),
      };
    },
  );
}

/** The table of false alarms in Markdown. */
export function describeCalm(summaries: readonly CalmSummary[]): string {
  return describeTable(
    [
      'leads an hour',
      'world',
      'months',
      'false alarms a month',
      'months with none, one, more',
      'most',
      'naive rule, a month',
    ],
    summaries.map(({ rowsAnHour, cycles, months, mean, monthsByAlarms, naiveMean }) => [
      rowsAnHour.toLocaleString('en-US'),
      cycles ? 'days and weeks cycle' : 'independent draws',
      `${months}`,
      mean.toFixed(3),
      [monthsByAlarms[0] ?? 0, monthsByAlarms[1] ?? 0, sum(monthsByAlarms.slice(2))].join(', '),
      `${monthsByAlarms.length - 1}`,
      naiveMean.toFixed(0),
    ]),
  );
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0);
}
