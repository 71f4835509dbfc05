/**
 * A single-unit ISO 8601 duration. `fixed` ones have a length in milliseconds and tile time from `offsetMs`
 * after the epoch (0, but Monday 1970-01-05 for weeks); `months` ones follow the UTC calendar.
 */
export type Duration = FixedDuration | CalendarDuration;

export interface FixedDuration {
  readonly text: string;
  readonly unit: 'fixed';
  readonly lengthMs: number;
  readonly offsetMs: number;
}

export interface CalendarDuration {
  readonly text: string;
  readonly unit: 'months';
  /** Divides 12, or is a multiple of it: anything else wouldn't start in the same month each year. */
  readonly months: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const FIRST_MONDAY_MS = 4 * DAY_MS;

const PATTERN = /^P(?:(?<date>\d+)(?<dateUnit>[YMWD])|T(?<time>\d+)(?<timeUnit>[HMS]))$/;

/**
 * Reads `PT30S`, `PT10M`, `PT1H`, `P1D`, `P1W`, `P1M`, `P3M`, `P1Y`: one unit, a whole number above 0.
 * Null where the text is anything else, a mixed duration such as `P1DT1H` included.
 */
export function parseDuration(text: string): Duration | null {
  const groups = PATTERN.exec(text)?.groups;
  if (groups === undefined) return null;
  const date = groups['date'];
  const count = Number(date ?? groups['time']);
  if (count === 0 || !Number.isSafeInteger(count * WEEK_MS)) return null;
  return date === undefined
    ? timeDuration(text, count, groups['timeUnit'])
    : dateDuration(text, count, groups['dateUnit']);
}

function timeDuration(text: string, count: number, unit: string | undefined): Duration {
  const unitMs = unit === 'H' ? HOUR_MS : unit === 'M' ? MINUTE_MS : SECOND_MS;
  return { text, unit: 'fixed', lengthMs: count * unitMs, offsetMs: 0 };
}

function dateDuration(text: string, count: number, unit: string | undefined): Duration | null {
  if (unit === 'D') return { text, unit: 'fixed', lengthMs: count * DAY_MS, offsetMs: 0 };
  if (unit === 'W') return { text, unit: 'fixed', lengthMs: count * WEEK_MS, offsetMs: FIRST_MONDAY_MS };
  const months = unit === 'Y' ? 12 * count : count;
  return 12 % months === 0 || months % 12 === 0 ? { text, unit: 'months', months } : null;
}

/**
 * Whether each window of `size` is a whole number of windows of `base`, borders on borders: hours divide days,
 * weeks and months; days divide weeks and months; months divide quarters; weeks don't divide months.
 */
export function divides(base: Duration, size: Duration): boolean {
  if (base.unit === 'months') return size.unit === 'months' && size.months % base.months === 0;
  if (size.unit === 'months') return DAY_MS % base.lengthMs === 0;
  const apartMs = size.offsetMs - base.offsetMs;
  return size.lengthMs % base.lengthMs === 0 && apartMs % base.lengthMs === 0;
}

/** Length in milliseconds; a calendar month counts 30 days: for ordering sizes, never for borders. */
export function nominalLengthMs(duration: Duration): number {
  return duration.unit === 'fixed' ? duration.lengthMs : duration.months * 30 * DAY_MS;
}
