import type { Duration } from './duration.ts';

/** One window of event time: `startMs` belongs to it, `endMs` doesn't. */
export interface Window {
  readonly size: Duration;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Start of the tumbling window that holds `timeMs`, in UTC. Fixed lengths tile from the epoch, weeks from ISO
 * Monday, months, quarters and years from the first of January.
 */
export function windowStart(timeMs: number, size: Duration): number {
  if (size.unit === 'fixed') {
    return Math.floor((timeMs - size.offsetMs) / size.lengthMs) * size.lengthMs + size.offsetMs;
  }
  const month = monthIndexOf(timeMs);
  return monthStart(Math.floor(month / size.months) * size.months);
}

/** End (exclusive) of the window that starts at `startMs`, which is also the next one's start. */
export function windowEnd(startMs: number, size: Duration): number {
  return size.unit === 'fixed' ? startMs + size.lengthMs : monthStart(monthIndexOf(startMs) + size.months);
}

/** The window of `size` that holds `timeMs`. */
export function windowAt(timeMs: number, size: Duration): Window {
  const startMs = windowStart(timeMs, size);
  return { size, startMs, endMs: windowEnd(startMs, size) };
}

/** Months since January of year 0. */
function monthIndexOf(timeMs: number): number {
  const date = new Date(timeMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthStart(monthIndex: number): number {
  return Date.UTC(Math.floor(monthIndex / 12), monthIndex % 12, 1);
}
