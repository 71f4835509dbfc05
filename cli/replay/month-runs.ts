/** Consecutive rows of one month: `firstRow` to `firstRow + count - 1` lie in the month from startMs to endMs. */
export interface MonthRun {
  readonly firstRow: number;
  readonly count: number;
  readonly startMs: number;
  readonly endMs: number;
}

const NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** 1 to 12 of `may`, `May`, `mai` not: English names by their first three letters, or a number; else undefined. */
export function monthNumber(cell: string): number | undefined {
  if (/^\d{1,2}$/.test(cell)) return Number(cell) >= 1 && Number(cell) <= 12 ? Number(cell) : undefined;
  const index = NAMES.indexOf(cell.trim().slice(0, 3).toLowerCase());
  return index === -1 ? undefined : index + 1;
}

/** Counts the rows of each run as they come. */
export interface MonthRunCounter {
  /** One row; undefined, where its month can't be read, belongs to the run around it. */
  add(month: number | undefined): void;
  runs(): readonly MonthRun[];
}

/** Collects the runs of a file in date order: a month below the one before it begins the next year. */
export function createMonthRunCounter(firstYear: number): MonthRunCounter {
  const runs: { firstRow: number; count: number; year: number; month: number }[] = [];
  let rows = 0;
  return {
    add(month) {
      rows += 1;
      const last = runs.at(-1);
      if (last === undefined) {
        // Rows before the first readable month are the first run's.
        if (month !== undefined) runs.push({ firstRow: 1, count: rows, year: firstYear, month });
      } else if (month === undefined || month === last.month) last.count += 1;
      else runs.push({ firstRow: rows, count: 1, year: last.year + (month < last.month ? 1 : 0), month });
    },
    runs: () =>
      runs.map(({ firstRow, count, year, month }) => ({
        firstRow,
        count,
        startMs: Date.UTC(year, month - 1),
        endMs: Date.UTC(year, month),
      })),
  };
}

/** When a row happened: the i-th of n rows of a run lies i/n into its month. Rows are asked for in rising order. */
export function createMonthRunClock(runs: readonly MonthRun[]): (row: number) => number {
  let current = 0;
  return (row) => {
    let run = runs[current];
    while (run !== undefined && row >= run.firstRow + run.count) run = runs[++current];
    if (run === undefined || row < run.firstRow) throw new Error(`row ${row} is in no run of months`);
    return run.startMs + Math.floor(((run.endMs - run.startMs) * (row - run.firstRow)) / run.count);
  };
}
