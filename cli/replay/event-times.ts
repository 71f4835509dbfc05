import type { EventTime } from '@scoreline/core/contracts/replay-map.ts';
import { nominalLengthMs, parseDuration } from '@scoreline/core/windows/duration.ts';
import { createMonthRunClock, createMonthRunCounter, type MonthRun, monthNumber } from './month-runs.ts';
import { createTimeParser } from './parse-time.ts';
import type { CsvFile } from './read-csv.ts';

/** The time that a rule gives a row, epoch milliseconds; rows are asked for in rising order. */
export type RowClock = (row: number) => number;

/**
 * The clock of a map's event-time rule; undefined where the map has none. Runs of months need the file's own counts:
 * it is read once before it is replayed. A cell that names no month belongs to the run around it.
 */
export async function createRowClock(
  rule: EventTime | undefined,
  open: () => Promise<CsvFile>,
): Promise<RowClock | undefined> {
  if (rule?.runs_of_months !== undefined) {
    const { column, first_year } = rule.runs_of_months;
    return createMonthRunClock(await countMonthRuns(await open(), column, first_year));
  }
  if (rule?.evenly === undefined) return undefined;
  const { start, every } = rule.evenly;
  const startMs = createTimeParser('iso')?.(start) ?? NaN;
  if (!Number.isFinite(startMs))
    throw new Error(`event_time.evenly.start is not an ISO 8601 time: '${start}'`);
  const everyMs = durationMs(every);
  return (row) => startMs + (row - 1) * everyMs;
}

/** Milliseconds of a duration that the map's schema has let through. */
export function durationMs(text: string): number {
  const duration = parseDuration(text);
  return duration === null ? 0 : nominalLengthMs(duration);
}

async function countMonthRuns(
  file: CsvFile,
  column: string,
  firstYear: number,
): Promise<readonly MonthRun[]> {
  const index = file.columns.indexOf(column);
  if (index === -1) throw new Error(`event_time takes column '${column}', which the file does not have`);
  const counter = createMonthRunCounter(firstYear);
  for await (const { cells } of file.rows) counter.add(monthNumber(cells?.[index] ?? ''));
  file.close();
  return counter.runs();
}
