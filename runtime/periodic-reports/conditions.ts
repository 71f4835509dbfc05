import type { ReportScope } from '@scoreline/core/reports/report.ts';
import { text, time } from '../clickhouse/literals.ts';

/** `model = …` */
export function ofModel({ model }: ReportScope): string {
  return `model = ${text(model)}`;
}

/** A moment of the report's time: the one column where it goes by the wall clock, the other by event time. */
export function within(
  { clock, period }: ReportScope,
  columns: { readonly wall: string; readonly event: string },
): string {
  const column = columns[clock];
  return `${column} >= ${time(period.startMs)} AND ${column} < ${time(period.endMs)}`;
}

/** Windows that closed in the time: by the wall clock when they were computed, by event time when they ended. */
export function closedIn({ clock, period }: ReportScope): string {
  const column = clock === 'wall' ? 'computed_at' : 'window_end';
  return `${column} > ${time(period.startMs)} AND ${column} <= ${time(period.endMs)}`;
}

/** Windows that were known by the end of the time. */
export function closedBefore({ clock, period }: ReportScope): string {
  return `${clock === 'wall' ? 'computed_at' : 'window_end'} <= ${time(period.endMs)}`;
}

/** A column of time as epoch milliseconds. */
export function millis(column: string): string {
  return `toUnixTimestamp64Milli(${column})`;
}
