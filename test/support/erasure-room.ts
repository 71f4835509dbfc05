import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { createSweepTurn } from '@scoreline/drift/erasure/sweep.ts';
import { forgetLead, type Forgotten } from '@scoreline/runtime/erasure/forget-lead.ts';
import { createLeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { DriftRoom } from './drift-room.ts';
import { createRandom, makeScores } from './synthetic-scores.ts';

const DAY_MS = 86_400_000;
/** Monday; the first day of `makeLeads`. */
export const START_MS = Date.UTC(2024, 0, 1);
/** The key of the room's installation. */
export const ERASURE_KEY = 'a key of the installation, 32 characters';
export const HASHER = createLeadHasher(ERASURE_KEY);

/** Days with 60 leads each, ten unless told; the first of every day is l0's, the second that of l01. */
export function makeLeads(
  { reference }: Pick<ModelPackage, 'reference'>,
  { firstOffset = 0, days = 10, fromDay = 0 } = {},
): LeadScored[] {
  const fromMs = START_MS + fromDay * DAY_MS;
  const span = { count: 60 * days, fromMs, toMs: fromMs + days * DAY_MS, firstOffset };
  const scores = makeScores({ reference, random: createRandom(firstOffset + 3) }, span);
  const nameOf = (i: number, own: string): string => ['l0', 'l01'][i % 60] ?? own;
  return scores.map((score, i) => ({ ...score, lead_id: nameOf(i, score.lead_id) }));
}

/** Topics as the standard has them. */
const topics = {
  describeTopics: async (names: readonly string[]) =>
    new Map(
      names.map((name) => {
        const configs = new Map([
          ['cleanup.policy', 'delete'],
          ['retention.ms', String(7 * DAY_MS)],
        ]);
        return [name, { partitions: 1, configs }] as const;
      }),
    ),
};

/** What a test changes of a run. */
interface RunOptions {
  readonly hasher?: typeof HASHER;
  readonly nowMs?: () => number;
}

/** `scoreline forget`, in the room. */
export function forget(
  { database }: DriftRoom,
  leadId: string,
  { hasher = HASHER, nowMs = Date.now }: RunOptions = {},
): Promise<Forgotten> {
  const newErasureId = () => crypto.randomUUID();
  return forgetLead({ database, topics, topicPrefix: '', hasher, nowMs, newErasureId }, leadId, 'asked for');
}

/** The turn of a sweep that has just begun, and remembers nothing. */
export function beginSweep(
  { database }: DriftRoom,
  {
    rowsSwept = () => {},
    hasher = HASHER,
    nowMs = Date.now,
  }: RunOptions & { readonly rowsSwept?: (rows: number) => void } = {},
): () => Promise<'done'> {
  const events = { rowsSwept, erasuresUnfinished: () => {} };
  const newErasureId = () => crypto.randomUUID();
  return createSweepTurn({ database, hasher, events, isOwner: () => true, nowMs, newErasureId });
}

/** Rows that name this lead: scores and outcomes. */
export async function countOf({ database }: DriftRoom, leadId: string): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT (SELECT count() FROM lead_scores FINAL WHERE lead_id = {id:String}) + (SELECT count() FROM lead_outcomes FINAL WHERE lead_id = {id:String}) AS n`,
    { id: leadId },
  );
  return row?.n ?? 0;
}
