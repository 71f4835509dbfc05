import type { CompleteReportsPolicy } from '../policy/reports-defaults.ts';
import { addDays, type CalendarDay, dayAt, formatDay, instantOf, weekdayOf } from './calendar.ts';

export type PeriodKind = 'daily' | 'weekly';

/** A day, or a week from Monday to Sunday, of a time zone: `startMs` belongs to it, `endMs` doesn't. */
export interface Period {
  readonly kind: PeriodKind;
  /** `2026-11-20`. */
  readonly firstDay: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly timeZone: string;
}

/** The day, or the week, that a day belongs to. */
export function periodOf(kind: PeriodKind, day: CalendarDay, timeZone: string): Period {
  const first = kind === 'daily' ? day : addDays(day, 1 - weekdayOf(day));
  return {
    kind,
    firstDay: formatDay(first),
    startMs: instantOf(first, timeZone),
    endMs: instantOf(addDays(first, kind === 'daily' ? 1 : 7), timeZone),
    timeZone,
  };
}

/** The period before the one of now: yesterday, or last week. */
export function lastPeriod(kind: PeriodKind, nowMs: number, timeZone: string): Period {
  return periodOf(kind, addDays(dayAt(nowMs, timeZone), kind === 'daily' ? -1 : -7), timeZone);
}

/**
 * The newest day and the newest week whose report is due: their times to be written have come. Those before are not
 * made up for.
 */
export function duePeriods(
  { daily, weekly, timeZone }: CompleteReportsPolicy,
  nowMs: number,
): readonly Period[] {
  const due: Period[] = [];
  const today = dayAt(nowMs, timeZone);
  if (daily !== null) {
    const isTime = nowMs >= instantOf(today, timeZone, 60 * daily.hour + daily.minute);
    due.push(periodOf('daily', addDays(today, isTime ? -1 : -2), timeZone));
  }
  if (weekly !== null) {
    const thisWeek = addDays(today, weekly.weekday - weekdayOf(today));
    const isTime = nowMs >= instantOf(thisWeek, timeZone, 60 * weekly.hour + weekly.minute);
    due.push(periodOf('weekly', addDays(thisWeek, isTime ? -7 : -14), timeZone));
  }
  return due;
}
