import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsTouched } from '@scoreline/core/windows/dirty.ts';
import { type Duration, parseDuration } from '@scoreline/core/windows/duration.ts';
import { type Window, windowAt, windowEnd, windowStart } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { addMarks, markDone, readMarks, type WindowKey } from './marks-store.ts';

/**
 * Dirty windows in the sizes of the policy. Those of other sizes are orphans: they were marked under another policy,
 * the default one where the package wasn't there yet. Before their marks are done, the time that they cover is marked
 * in the policy's own sizes; a crash in between marks it again.
 */
export async function adoptOrphans(
  database: Database,
  scope: Scope,
  dirty: readonly WindowKey[],
  { policy, nowMs }: { readonly policy: CompletePolicy; readonly nowMs: number },
): Promise<readonly Window[]> {
  const { base, sizes } = policy.windows;
  const sizeOf = new Map([base, ...sizes].map((size) => [size.text, size]));
  const windows: Window[] = [];
  const orphans: WindowKey[] = [];
  for (const key of dirty) {
    const size = sizeOf.get(key.size);
    if (size === undefined) orphans.push(key);
    else windows.push(windowAt(key.startMs, size));
  }
  if (orphans.length === 0) return windows;
  const marks = await readMarks(database, scope, orphans);
  const adopted = windowsTouched(baseStartsOf(orphans.flatMap(spanOf), base), base, sizes);
  await addMarks(database, scope, adopted, `resized ${nowMs}`);
  await markDone(database, marks);
  const distinct = [...windows, ...adopted].map(
    (window) => [`${window.size.text} ${window.startMs}`, window] as const,
  );
  return [...new Map(distinct).values()];
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Starts of the base windows that these stretches of time touch; one may come twice. */
export function* baseStartsOf(spans: readonly Span[], base: Duration): Generator<number> {
  for (const { startMs, endMs } of spans) {
    for (let at = windowStart(startMs, base); at < endMs; at = windowEnd(at, base)) yield at;
  }
}

function spanOf({ size, startMs }: WindowKey): readonly Span[] {
  const duration = parseDuration(size);
  return duration === null ? [] : [windowAt(startMs, duration)];
}
