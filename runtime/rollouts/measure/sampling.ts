import { BOUNDED, IN_ROLLOUT, type MeasureScope } from './scope.ts';

/** Events in which shares, pairs and gains are as good as known; of more, an even part of the leads is read. */
const ENOUGH_EVENTS = 1_000_000;

/** The leads that are read: one in `parts`, by a hash that has nothing to do with the one that assigns them. */
export const SAMPLED = 'cityHash64(lead_id) % {parts:UInt64} = 0';

/** Into how many parts the leads that were scored since then are divided: a power of two, 1 for up to a million events. */
export async function readParts({ database, rollout }: MeasureScope, fromMs: number): Promise<number> {
  const [counted] = await database.query<{ events: number }>(
    `SELECT count() AS events FROM lead_scores
    WHERE ${IN_ROLLOUT} AND scored_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    ${BOUNDED}`,
    { rollout: rollout.id, from_ms: fromMs },
  );
  return 2 ** Math.ceil(Math.log2(Math.max(1, (counted?.events ?? 0) / ENOUGH_EVENTS)));
}
