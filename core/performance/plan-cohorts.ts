import type { Duration } from '../windows/duration.ts';
import { type Window, windowAt, windowEnd } from '../windows/tumbling.ts';

/** `realised`: from labels, once mature; `estimated`: from calibrated scores, once the window has closed. */
export type CohortKind = 'realised' | 'estimated';

/** What is known of a cohort that was computed. */
export interface CohortRecord {
  readonly kind: CohortKind;
  /** ISO 8601 duration. */
  readonly size: string;
  readonly startMs: number;
  readonly revision: number;
  /** Scores that it was computed from, and those that had been forgotten: erasure takes none of these. */
  readonly scored: number;
  readonly fingerprint: string;
  /** An outcome has come since. */
  readonly isDirty: boolean;
}

/** A cohort that is to be computed, or computed again. */
export interface DueCohort {
  readonly kind: CohortKind;
  readonly window: Window;
  /** Scores that it holds by its base windows. */
  readonly scored: number;
  /** Null: for the first time. */
  readonly before: CohortRecord | null;
}

/** What there is of a model version in one role. */
export interface CohortState {
  readonly sizes: readonly Duration[];
  /** Base windows that hold scores: starts, and how many, with those that have been forgotten. */
  readonly bases: { readonly startsMs: readonly number[]; readonly counts: readonly number[] };
  readonly records: readonly CohortRecord[];
  /** Windows that end by here have closed: their scores have come. */
  readonly closedUntilMs: number;
  /** Windows that end by here are mature: their outcomes have had their time, and have been read. */
  readonly matureUntilMs: number;
}

/**
 * The cohorts whose time has come: those never computed, those with more scores than they were computed from, and mature
 * ones that a later outcome touches. Estimates first, each size in the order of its windows, as decisions go by it.
 */
export function planCohorts(state: CohortState): readonly DueCohort[] {
  const recordOf = new Map(state.records.map((record) => [keyOf(record), record]));
  const due: DueCohort[] = [];
  for (const kind of ['estimated', 'realised'] as const) {
    const untilMs = kind === 'realised' ? state.matureUntilMs : state.closedUntilMs;
    for (const size of state.sizes) {
      for (const { window, scored } of cohortsOf(size, state.bases)) {
        if (window.endMs > untilMs) continue;
        const before = recordOf.get(keyOf({ kind, size: size.text, startMs: window.startMs })) ?? null;
        if (before === null || before.isDirty || scored > before.scored) {
          due.push({ kind, window, scored, before });
        }
      }
    }
  }
  return due;
}

/**
 * The revision of a cohort as it is now: null where it is what it was, or where retention has taken rows that it was
 * computed from, as what was computed from all of them stays.
 */
export function nextRevision(
  before: Pick<CohortRecord, 'revision' | 'scored' | 'fingerprint'> | null,
  now: Pick<CohortRecord, 'scored' | 'fingerprint'>,
): number | null {
  if (before === null) return 0;
  if (now.scored < before.scored || now.fingerprint === before.fingerprint) return null;
  return before.revision + 1;
}

/** Computed cohorts that hold any of these times, realised ones only: what an outcome of then changes. */
export function cohortsTouched(
  records: readonly CohortRecord[],
  sizes: readonly Duration[],
  timesMs: readonly number[],
): readonly CohortRecord[] {
  const touched = new Set<string>();
  for (const size of sizes) {
    for (const timeMs of timesMs) {
      touched.add(keyOf({ kind: 'realised', size: size.text, startMs: windowAt(timeMs, size).startMs }));
    }
  }
  return records.filter((record) => touched.has(keyOf(record)));
}

/** Those that an outcome may change and that aren't marked yet: realised ones of these sizes. */
export function cohortsTouchable(
  records: readonly CohortRecord[],
  sizes: readonly Duration[],
): readonly CohortRecord[] {
  const texts = new Set(sizes.map(({ text }) => text));
  return records.filter(({ kind, size, isDirty }) => kind === 'realised' && !isDirty && texts.has(size));
}

/** From the start of the first of these cohorts to the end of the last; null of none. */
export function spanOfCohorts(
  records: readonly Pick<CohortRecord, 'size' | 'startMs'>[],
  sizes: readonly Duration[],
): { readonly startMs: number; readonly endMs: number } | null {
  const sizeOf = new Map(sizes.map((size) => [size.text, size]));
  let [startMs, endMs] = [Infinity, -Infinity];
  for (const record of records) {
    const size = sizeOf.get(record.size);
    if (size === undefined) continue;
    startMs = Math.min(startMs, record.startMs);
    endMs = Math.max(endMs, windowEnd(record.startMs, size));
  }
  return startMs < endMs ? { startMs, endMs } : null;
}

function cohortsOf(
  size: Duration,
  { startsMs, counts }: CohortState['bases'],
): readonly { readonly window: Window; readonly scored: number }[] {
  const cohorts = new Map<number, { window: Window; scored: number }>();
  for (const [i, startMs] of startsMs.entries()) {
    const window = windowAt(startMs, size);
    const cohort = cohorts.get(window.startMs) ?? { window, scored: 0 };
    cohort.scored += counts[i] ?? 0;
    cohorts.set(window.startMs, cohort);
  }
  return [...cohorts.values()].sort((a, b) => a.window.startMs - b.window.startMs);
}

function keyOf({ kind, size, startMs }: Pick<CohortRecord, 'kind' | 'size' | 'startMs'>): string {
  return `${kind} ${size} ${startMs}`;
}
