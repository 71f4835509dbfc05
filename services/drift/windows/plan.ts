/** A window that is to be computed, and as which revision. */
export interface PlannedWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
  /** Rows that it is computed from. */
  readonly rows: number;
  /** Rows that it had besides, and that have been erased. */
  readonly forgotten: number;
}

/** What a window has held, erased rows included: by its rows now, or when it was last computed. */
export interface WindowCount {
  readonly startMs: number;
  readonly count: number;
  readonly forgotten: number;
}

/**
 * Which windows to compute. A first time is revision 0; the same rows again keep their revision (a step that is
 * repeated after a crash changes nothing); more rows are the next one. Fewer rows mean that retention took some:
 * what was computed from all of them stays (`expired`). Rows that were erased are neither: they count as if they were
 * still there, so that the next late event is one more. Windows without rows need no computing.
 */
export function planRevisions(
  windows: Iterable<{ readonly startMs: number; readonly endMs: number }>,
  counts: readonly WindowCount[],
  previous: readonly (WindowCount & { readonly revision: number })[],
): { readonly compute: readonly PlannedWindow[]; readonly expired: readonly number[] } {
  const nowOf = new Map(counts.map((window) => [window.startMs, window]));
  const previousOf = new Map(previous.map((window) => [window.startMs, window]));
  const compute: PlannedWindow[] = [];
  const expired: number[] = [];
  for (const { startMs, endMs } of windows) {
    const { count, forgotten } = nowOf.get(startMs) ?? { count: 0, forgotten: 0 };
    const before = previousOf.get(startMs);
    if (before !== undefined && count < before.count) expired.push(startMs);
    else if (count > forgotten)
      compute.push({
        startMs,
        endMs,
        revision: nextRevision(before, count),
        rows: count - forgotten,
        forgotten,
      });
  }
  return { compute, expired };
}

function nextRevision(before: (WindowCount & { revision: number }) | undefined, count: number): number {
  if (before === undefined) return 0;
  return count > before.count ? before.revision + 1 : before.revision;
}

/** Rows of one statement: some seconds of work, far below a request's time limit. */
const MOST_ROWS = 1_000_000;

/** Windows parted, in their order, so that no part but a single window has more rows than `mostRows`. */
export function partByRows(
  windows: readonly PlannedWindow[],
  mostRows = MOST_ROWS,
): readonly (readonly PlannedWindow[])[] {
  const parts: PlannedWindow[][] = [];
  let rows = Infinity;
  for (const window of windows) {
    if (rows + window.rows > mostRows) {
      parts.push([]);
      rows = 0;
    }
    parts.at(-1)?.push(window);
    rows += window.rows;
  }
  return parts;
}

/** Stretches of time without a gap, ascending. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time that these windows cover, neighbours joined: few ranges, so that a query reads few parts. */
export function rangesOf(windows: Iterable<{ startMs: number; endMs: number }>): readonly TimeRange[] {
  const ranges: { fromMs: number; toMs: number }[] = [];
  for (const { startMs, endMs } of [...windows].sort((a, b) => a.startMs - b.startMs)) {
    const last = ranges.at(-1);
    if (last !== undefined && startMs <= last.toMs) last.toMs = Math.max(last.toMs, endMs);
    else ranges.push({ fromMs: startMs, toMs: endMs });
  }
  return ranges;
}
