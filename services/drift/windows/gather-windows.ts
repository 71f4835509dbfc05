import { inClosingOrder } from '@scoreline/core/windows/dirty.ts';
import type { Duration } from '@scoreline/core/windows/duration.ts';
import { type Window, windowAt } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { readDirtyStarts, readMarks, type StoredMark } from './marks-store.ts';

/** Windows to compute together, in order, and the marks that are done then. */
export interface Gathered {
  readonly windows: readonly Window[];
  readonly marks: readonly StoredMark[];
}

/**
 * The marks of these windows as they are now. A batch that came since the windows were found dirty has left marks on a
 * larger window and on a base window inside it that may not be among them: those base windows come along, since a sum
 * without them would have its mark done and stay short.
 */
export async function gatherWindows(
  database: Database,
  scope: Scope,
  asked: readonly Window[],
  base: Duration,
): Promise<Gathered> {
  const marks = await readMarks(database, scope, asked.map(toKey));
  const larger = asked.filter(({ size }) => size.text !== base.text);
  if (larger.length === 0) return { windows: asked, marks };
  const fromMs = Math.min(...larger.map(({ startMs }) => startMs));
  const toMs = Math.max(...larger.map(({ endMs }) => endMs));
  const inHand = new Set(asked.filter(({ size }) => size.text === base.text).map(({ startMs }) => startMs));
  const missing = (await readDirtyStarts(database, scope, base.text, { fromMs, toMs }))
    .filter((startMs) => !inHand.has(startMs) && larger.some((window) => holds(window, startMs)))
    .map((startMs) => windowAt(startMs, base));
  if (missing.length === 0) return { windows: asked, marks };
  const more = await readMarks(database, scope, missing.map(toKey));
  return { windows: inClosingOrder([...asked, ...missing]), marks: [...marks, ...more] };
}

function toKey({ size, startMs }: Window) {
  return { size: size.text, startMs };
}

function holds({ startMs, endMs }: Window, timeMs: number): boolean {
  return timeMs >= startMs && timeMs < endMs;
}
