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

/**
 * Windows that closed in the time: by event time when they ended, by the wall clock when they were decided. That is done
 * once, so late events move none; a window that never was (its size doesn't alarm) counts when it was computed last.
 */
export function closedIn(
  scope: ReportScope,
  { role, version }: { readonly role: 'production' | 'pairs'; readonly version: string },
): string {
  const inTime = (column: string): string =>
    `${column} > ${time(scope.period.startMs)} AND ${column} <= ${time(scope.period.endMs)}`;
  if (scope.clock === 'event') return inTime('window_end');
  const window = `(${version}, window_size, window_start)`;
  const decided = `SELECT model_version, window_size, window_start FROM alert_decisions
    WHERE ${ofModel(scope)} AND role = '${role}' AND clock = 'event'`;
  return `(${window} IN (${decided} AND ${inTime('decided_at')})
    OR ${inTime('computed_at')} AND ${window} NOT IN (${decided}))`;
}

/** Cohorts, in a revision, that were known by the end of the time. */
export function closedBefore({ clock, period }: ReportScope): string {
  return `${clock === 'wall' ? 'computed_at' : 'window_end'} <= ${time(period.endMs)}`;
}

/** A column of time as epoch milliseconds. */
export function millis(column: string): string {
  return `toUnixTimestamp64Milli(${column})`;
}
