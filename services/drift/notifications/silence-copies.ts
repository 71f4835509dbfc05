import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** How the copy of a silence that holds was last seen in an Alertmanager; `ended`: somebody ended it there. */
export type CopyState = 'active' | 'ended';

/** What is remembered of the copies of these silences, by their ids: Alertmanager forgets what is over. */
export async function readCopyStates(
  database: Pick<Database, 'query'>,
  sink: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CopyState>> {
  const rows = await database.query<{ silence_id: string; state: CopyState }>(
    `SELECT silence_id, state FROM alert_silence_copies WHERE sink = {sink:String} AND silence_id IN {ids:Array(String)}`,
    { sink, ids },
  );
  return new Map(rows.map(({ silence_id: id, state }) => [id, state]));
}

/** Remembers how the copy of a silence was seen. */
export function recordCopyState(
  database: Pick<Database, 'insert'>,
  sink: string,
  seen: { readonly id: string; readonly state: CopyState; readonly atMs: number },
): Promise<void> {
  const row = { sink, silence_id: seen.id, state: seen.state, seen_at: seen.atMs };
  return database.insert('alert_silence_copies_raw', [row]);
}
