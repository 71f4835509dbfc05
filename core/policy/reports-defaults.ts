import type { ReportsPolicy } from '../contracts/policy.ts';

/** When reports are written; null: never. */
export interface CompleteReportsPolicy {
  readonly daily: TimeOfDay | null;
  readonly weekly: TimeOfWeek | null;
  /** IANA name. */
  readonly timeZone: string;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

export interface TimeOfWeek extends TimeOfDay {
  /** 1 for Monday … 7 for Sunday. */
  readonly weekday: number;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Fills in the defaults of the policy's section `reports`; a time zone that isn't known is a problem. */
export function completeReports(reports: ReportsPolicy, problems: string[]): CompleteReportsPolicy {
  const { daily = '06:00', weekly = 'monday 06:00', time_zone: timeZone = 'UTC' } = reports;
  if (!isTimeZone(timeZone)) {
    problems.push(`reports.time_zone: '${timeZone}' is no IANA time zone, such as UTC or Europe/Berlin`);
  }
  return {
    daily: daily === null ? null : readTime(daily),
    weekly: weekly === null ? null : readTimeOfWeek(weekly),
    timeZone,
  };
}

function readTimeOfWeek(text: string): TimeOfWeek {
  const [weekday = '', time = ''] = text.split(' ');
  return { weekday: WEEKDAYS.indexOf(weekday) + 1, ...readTime(time) };
}

/** `HH:MM`, as the schema has checked. */
function readTime(text: string): TimeOfDay {
  const [hour, minute] = text.split(':').map(Number);
  return { hour: hour ?? 0, minute: minute ?? 0 };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
