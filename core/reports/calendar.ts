/** A day of the civil calendar; `month` from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;

/** The instant at which a wall clock of the zone shows this; where clocks skip it, the instant after. */
export function instantOf({ year, month, day }: CalendarDay, timeZone: string, minutes = 0): number {
  const asUtcMs = Date.UTC(year, month - 1, day) + minutes * 60_000;
  // The offset of a near instant may be that of the other side of a change of clocks: once more with its own.
  const nearMs = asUtcMs - offsetMs(asUtcMs, timeZone);
  return asUtcMs - offsetMs(nearMs, timeZone);
}

/** The day that a calendar of the zone shows. */
export function dayAt(timeMs: number, timeZone: string): CalendarDay {
  const local = new Date(timeMs + offsetMs(timeMs, timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** So many days later, or earlier. */
export function addDays({ year, month, day }: CalendarDay, days: number): CalendarDay {
  return dayAt(Date.UTC(year, month - 1, day + days), 'UTC');
}

/** 1 for Monday … 7 for Sunday. */
export function weekdayOf({ year, month, day }: CalendarDay): number {
  return ((((Date.UTC(year, month - 1, day) / DAY_MS + 3) % 7) + 7) % 7) + 1;
}

/** `2026-11-20`. */
export function formatDay({ year, month, day }: CalendarDay): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** A day from its text; null where it is none. */
export function parseDay(text: string): CalendarDay | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const parsed = { year, month, day };
  return formatDay(addDays(parsed, 0)) === text ? parsed : null;
}

/** What a zone's clocks are ahead of UTC. */
function offsetMs(timeMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(timeMs);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return shown - Math.floor(timeMs / 1_000) * 1_000;
}
