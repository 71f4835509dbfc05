import { findSegments, type Segment } from '@scoreline/core/drift/segments.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { Scope } from '../streams.ts';
import { computeBaseWindows, type Counting } from './base-windows.ts';
import { countRows } from './count-rows.ts';
import { computeLargerWindows, countBaseWindows } from './larger-windows.ts';
import { type PlannedWindow, planRevisions, type WindowCount } from './plan.ts';
import { IN_SCOPE, scopeParams } from './sql.ts';

/** A window that stands in ClickHouse now, as this revision. */
export interface ComputedWindow extends Window {
  readonly revision: number;
}

/** What became of the windows that were asked for. */
export interface Computation {
  /** In the order that was asked for. */
  readonly computed: readonly ComputedWindow[];
  /** Retention has taken rows of these: what was computed from all of them stays. */
  readonly expired: readonly Window[];
}

/**
 * Computes windows of one scope: base windows from rows, then each larger size from base windows. Only what is
 * asked for; a larger window's base windows have all been asked for before it or with it.
 */
export async function computeWindows(
  database: Database,
  scope: Scope,
  windows: readonly Window[],
  { policy, known }: { readonly policy: CompletePolicy; readonly known: ModelPackage | undefined },
): Promise<Computation> {
  const base = policy.windows.base.text;
  const bySize = [...Map.groupBy(windows, ({ size }) => size.text)];
  const baseFirst = bySize.sort(([a], [b]) => Number(b === base) - Number(a === base));
  const revisions = new Map<string, number>();
  const expiredKeys = new Set<string>();
  for (const [size, ofSize] of baseFirst) {
    const counts =
      size === base
        ? await countRows(database, scope, ofSize, { whose: IN_SCOPE })
        : await countBaseWindows(database, scope, base, ofSize);
    const previous = await readPrevious(database, scope, size, ofSize);
    const plan = planRevisions(ofSize, counts, previous);
    for (const startMs of plan.expired) expiredKeys.add(keyOf(size, startMs));
    if (plan.compute.length === 0) continue;
    if (size === base)
      await computeBaseWindows(database, scope, size, plan.compute, countingOf(scope, known));
    else await computeLargerWindows(database, scope, { base, size }, plan.compute);
    for (const { startMs, revision } of plan.compute) revisions.set(keyOf(size, startMs), revision);
  }
  return {
    computed: windows.flatMap((window) => {
      const revision = revisions.get(keyOf(window.size.text, window.startMs));
      return revision === undefined ? [] : [{ ...window, revision }];
    }),
    expired: windows.filter((window) => expiredKeys.has(keyOf(window.size.text, window.startMs))),
  };
}

function countingOf(scope: Scope, known: ModelPackage | undefined): Counting | undefined {
  return known && { reference: known.reference, segments: segmentsOf(scope, known) };
}

/** The segments that are watched: of production alone, as a canary has too few leads to be cut up. */
export function segmentsOf({ role }: Scope, { reference, policy }: ModelPackage): readonly Segment[] {
  return role === 'production' ? findSegments(reference, policy.drift.segments).segments : [];
}

function readPrevious(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly Window[],
): Promise<(WindowCount & Pick<PlannedWindow, 'revision'>)[]> {
  return database.query(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, w.count + w.forgotten AS count, w.forgotten AS forgotten, revision
    FROM score_windows_raw AS w FINAL
    WHERE ${IN_SCOPE} AND segment = '' AND window_size = {size:String} AND has({starts:Array(Int64)}, toUnixTimestamp64Milli(window_start))`,
    { ...scopeParams(scope), size, starts: windows.map(({ startMs }) => startMs) },
  );
}

function keyOf(size: string, startMs: number): string {
  return `${size} ${startMs}`;
}
