import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsComparedWith } from '@scoreline/core/windows/reference-windows.ts';
import { type Window, windowAt } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import type { ComputedWindow } from './compute-windows.ts';
import { addMarks } from './marks-store.ts';
import { IN_SCOPE, scopeParams } from './sql.ts';

/**
 * Marks the windows that were compared with these revised ones, where they have been computed already: their results
 * are made anew from the same rows. A mark names the revision, so the same one twice is done once, and windows that are
 * only compared anew have no new revision and mark none in turn.
 */
export async function markFollowers(
  database: Database,
  scope: Scope,
  revised: readonly ComputedWindow[],
  { drift }: CompletePolicy,
): Promise<void> {
  const choices = [drift.reference, ...drift.segments.map(({ reference }) => reference)];
  for (const window of revised) {
    const followers = choices.flatMap((choice) =>
      choice.kind === 'training' ? [] : windowsComparedWith(window, choice),
    );
    const computed = await findComputed(database, scope, followers);
    await addMarks(database, scope, computed, `reference ${window.startMs} revision ${window.revision}`);
  }
}

async function findComputed(
  database: Database,
  scope: Scope,
  windows: readonly Window[],
): Promise<readonly Window[]> {
  const [first] = windows;
  if (first === undefined) return [];
  const rows = await database.query<{ startMs: number }>(
    `SELECT DISTINCT toUnixTimestamp64Milli(window_start) AS startMs
    FROM score_windows_raw
    WHERE ${IN_SCOPE} AND window_size = {size:String}
      AND toUnixTimestamp64Milli(window_start) IN (${windows.map(({ startMs }) => startMs).join(', ')})`,
    { ...scopeParams(scope), size: first.size.text },
  );
  return rows.map(({ startMs }) => windowAt(startMs, first.size));
}
