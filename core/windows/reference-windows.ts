import type { Duration } from './duration.ts';
import { type Window, windowAt, windowEnd, windowStart } from './tumbling.ts';

/** The latest windows of the same size before a window, but for those right before it. */
export interface RollingWindows {
  readonly kind: 'rolling';
  readonly windows: number;
  /** Windows right before it that are left out, so that a change isn't compared with itself. */
  readonly gap: number;
  /** Below so many with rows there is nothing to compare with. */
  readonly minimumWindows: number;
}

/** The windows at the same place of the periods before: the same hour of the week, the same month of the year. */
export interface SeasonWindows {
  readonly kind: 'season';
  /** A whole number of windows. */
  readonly period: Duration;
  readonly windows: number;
  readonly minimumWindows: number;
}

/** Which earlier windows make up what a window is compared with. */
export type WindowChoice = RollingWindows | SeasonWindows;

/**
 * The windows that this one is compared with, oldest first. At most `choice.windows`: a season leaves out what a
 * period hasn't got (29 February).
 */
export function referenceWindows(window: Window, choice: WindowChoice): readonly Window[] {
  return windowsApart(window, choice, -1).reverse();
}

/** The later windows that are compared with this one, oldest first: the inverse of `referenceWindows`. */
export function windowsComparedWith(window: Window, choice: WindowChoice): readonly Window[] {
  return windowsApart(window, choice, 1);
}

function windowsApart(window: Window, choice: WindowChoice, direction: 1 | -1): Window[] {
  const steps = Array.from({ length: choice.windows }, (_, i) => direction * (i + 1));
  if (choice.kind === 'season') return steps.flatMap((step) => shiftByPeriods(window, choice.period, step));
  const apart: Window[] = [];
  let at = window;
  for (let step = 1; step <= choice.gap + choice.windows; step++) {
    at = windowAt(direction === 1 ? at.endMs : at.startMs - 1, at.size);
    if (step > choice.gap) apart.push(at);
  }
  return apart;
}

/** The window so many periods away; none where the period it falls in has no such place. */
function shiftByPeriods({ startMs, size }: Window, period: Duration, periods: number): readonly Window[] {
  if (period.unit === 'fixed') return [windowAt(startMs + periods * period.lengthMs, size)];
  const date = new Date(startMs);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const shifted = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + periods * period.months);
  const there = shifted + (startMs - month);
  const oneMonth = { text: 'P1M', unit: 'months', months: 1 } as const;
  if (there >= windowEnd(shifted, oneMonth) || windowStart(there, size) !== there) return [];
  return [windowAt(there, size)];
}
