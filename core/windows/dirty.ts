import { type Duration, nominalLengthMs } from './duration.ts';
import { type Window, windowAt } from './tumbling.ts';

/** Dirty windows, parted by whether the watermark lets them be computed now. */
export interface Closing {
  /** In the order to compute and decide them: by end, at one end the shorter first (larger ones are sums). */
  readonly closable: readonly Window[];
  readonly open: readonly Window[];
}

/**
 * The windows, base and larger, that rows in these base windows make dirty: each once, base windows first among
 * those of one start. These are the marks to store before an offset is committed.
 */
export function windowsTouched(
  baseStartsMs: Iterable<number>,
  base: Duration,
  sizes: readonly Duration[],
): readonly Window[] {
  const touched = new Map<string, Window>();
  const larger = sizes.filter((size) => size.text !== base.text);
  for (const startMs of baseStartsMs) {
    for (const size of [base, ...larger]) {
      const window = windowAt(startMs, size);
      touched.set(`${size.text} ${window.startMs}`, window);
    }
  }
  return [...touched.values()];
}

/**
 * Which dirty windows may be computed: those whose end the watermark has passed by the allowed lateness. A window
 * that was computed before and is dirty again (a late event) is closable at once: that is its next revision.
 */
export function closable(dirty: Iterable<Window>, watermarkMs: number, allowedLatenessMs: number): Closing {
  const closed: Window[] = [];
  const open: Window[] = [];
  for (const window of dirty) {
    (window.endMs + allowedLatenessMs <= watermarkMs ? closed : open).push(window);
  }
  return { closable: inClosingOrder(closed), open };
}

/** In the order to compute and decide windows: by end, at one end the shorter first (larger ones are sums). */
export function inClosingOrder(windows: readonly Window[]): readonly Window[] {
  return windows.toSorted(compareForClosing);
}

function compareForClosing(a: Window, b: Window): number {
  return a.endMs - b.endMs || nominalLengthMs(a.size) - nominalLengthMs(b.size) || a.startMs - b.startMs;
}
