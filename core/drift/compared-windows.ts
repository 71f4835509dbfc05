import type { WindowChoice } from '../windows/reference-windows.ts';
import { showTime } from '../windows/show-time.ts';

/** A stretch of event time: `startMs` belongs to it, `endMs` doesn't. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** The earlier windows that a subject was compared with, each list oldest first; windows without leads are in none. */
export interface ComparedWindows {
  readonly choice: WindowChoice;
  /** ISO 8601 duration. */
  readonly size: string;
  readonly counted: readonly TimeSpan[];
  /** Unlike the others, so not counted. */
  readonly leftOut: readonly TimeSpan[];
}

const SEASONS: Readonly<Record<string, string>> = {
  P1D: 'the same time of other days',
  P1W: 'the same time of other weeks',
  P1Y: 'the same time of other years',
};

/** What a sentence calls it: 'training', 'the latest windows', 'the same time of other weeks'. */
export function nameReference(compared: ComparedWindows | undefined): string {
  if (compared === undefined) return 'training';
  const { choice } = compared;
  if (choice.kind === 'rolling') return 'the latest windows';
  return SEASONS[choice.period.text] ?? `the same time of each ${choice.period.text}`;
}

/** 'training', or which windows: 'season P1W: 3 of 4 PT1H windows from … to …, 1 unlike them left out'. */
export function describeReference(compared: ComparedWindows | undefined): string {
  if (compared === undefined) return 'training';
  const { choice, size, counted, leftOut } = compared;
  const kind = choice.kind === 'rolling' ? 'rolling' : `season ${choice.period.text}`;
  const [first] = counted;
  const last = counted.at(-1);
  const span = first && last ? ` from ${showTime(first.startMs)} to ${showTime(last.endMs)}` : '';
  const without = leftOut.length === 0 ? '' : `, ${leftOut.length} unlike them left out`;
  return `${kind}: ${counted.length} of ${choice.windows} ${size} windows${span}${without}`;
}
