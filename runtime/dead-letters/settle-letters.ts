import type { DeadLetterAction, DeadLetterDecision } from '@scoreline/core/contracts/dead-letter-decision.ts';
import { type AvroWriter, createAvroWriter } from '../avro/codec.ts';
import { contractSchema } from '../avro/contracts.ts';
import { createRegistryClient } from '../avro/registry.ts';
import { createKafkaClient, TRANSACTION_RETRY } from '../kafka/client.ts';
import type { OutputRecord } from '../kafka/record.ts';
import { initialiseWriter } from '../kafka/transactions/initialise-writer.ts';
import { packRecords } from '../kafka/packed-records.ts';
import type { PartitionWrite, TransactionalWriter } from '../kafka/transactions/transactional-writer.ts';
import { type DeadLetter, letterId } from './dead-letter.ts';
import { type LetterInHand, readDecisions, readLetters } from './letter-box.ts';
import type { LetterFilter } from './letter-filter.ts';
import { type DeadLettersLocation, topicsOf } from './location.ts';
import { findRecordToReplay } from './record-to-replay.ts';

/** What is decided about the letters that are meant, by whom and why. */
export interface Settlement {
  readonly action: DeadLetterAction;
  readonly filter: Omit<LetterFilter, 'state'>;
  readonly actor: string;
  readonly reason: string;
  /** At most so many letters. */
  readonly limit: number;
  /** Only says what would be done. */
  readonly isDryRun: boolean;
}

/** What came of it. */
export interface Settled {
  readonly settled: readonly string[];
  /** Letters that can't be replayed, which stay open. */
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** Letters a transaction: a stop in the middle loses at most so many decisions, and none of them half. */
const LETTERS_A_TRANSACTION = 500;

/**
 * Replays or drops the open letters that are meant, each once, whatever is killed and whoever else does the same:
 * 1. initialise the one writer: an earlier settling is fenced, its last transaction settled;
 * 2. read the decisions: what has been decided isn't open;
 * 3. write lead events and decisions in the same transactions.
 * Throws where a transaction's fate is unknown; the same command again goes on from there.
 */
export async function settleLetters(
  location: DeadLettersLocation,
  settlement: Settlement,
  nowMs: () => number,
): Promise<Settled> {
  if (settlement.isDryRun) return settleWith(undefined, location, settlement);
  const registry = createRegistryClient(location.schemaRegistry);
  const { input, decisions } = topicsOf(location);
  const avro = await createAvroWriter<DeadLetterDecision>(
    registry,
    `${decisions}-value`,
    contractSchema('dead-letter-decision'),
  );
  const client = createKafkaClient(location.kafka, TRANSACTION_RETRY, location.clientLog);
  const writer = await initialiseWriter(client, {
    transactionalId: `${location.topicPrefix}dead-letters`,
    topics: [input, decisions],
  });
  try {
    const settled = await settleWith({ writer, avro, nowMs }, location, settlement);
    await writer.close();
    return settled;
  } catch (error) {
    writer.discard();
    throw error;
  }
}

interface Pen {
  readonly writer: TransactionalWriter;
  readonly avro: AvroWriter<DeadLetterDecision>;
  readonly nowMs: () => number;
}

async function settleWith(
  pen: Pen | undefined,
  location: DeadLettersLocation,
  settlement: Settlement,
): Promise<Settled> {
  const filter: LetterFilter = { ...settlement.filter, state: 'open' };
  const settled: string[] = [];
  const refused: { id: string; why: string }[] = [];
  for await (const page of readLetters(location, filter, await readDecisions(location))) {
    for (let from = 0; from < page.length;) {
      const left = Math.min(LETTERS_A_TRANSACTION, settlement.limit - settled.length);
      if (left <= 0) return { settled, refused };
      const chosen = await choose(page.slice(from, from + left), location, settlement.action);
      from += left;
      refused.push(...chosen.refused);
      if (chosen.letters.length === 0) continue;
      if (pen !== undefined) await pen.writer.commit(writesFor(chosen, pen, location, settlement));
      settled.push(...chosen.letters.map(letterId));
    }
  }
  return { settled, refused };
}

interface Chosen {
  readonly letters: readonly DeadLetter[];
  /** By partition of the input topic; empty where letters are dropped. */
  readonly events: ReadonlyMap<number, readonly OutputRecord[]>;
  readonly refused: Settled['refused'];
}

async function choose(
  page: readonly LetterInHand[],
  location: DeadLettersLocation,
  action: DeadLetterAction,
): Promise<Chosen> {
  if (action === 'dropped')
    return { letters: page.map(({ letter }) => letter), events: new Map(), refused: [] };
  const letters: DeadLetter[] = [];
  const events = new Map<number, OutputRecord[]>();
  const refused: { id: string; why: string }[] = [];
  for (const { letter } of page) {
    const found = await findRecordToReplay(letter, location);
    if (!found.ok) {
      refused.push({ id: letterId(letter), why: found.why });
      continue;
    }
    letters.push(letter);
    events.set(found.partition, [...(events.get(found.partition) ?? []), found.record]);
  }
  return { letters, events, refused };
}

function writesFor(
  { letters, events }: Chosen,
  { avro, nowMs }: Pen,
  location: DeadLettersLocation,
  { action, actor, reason }: Settlement,
): readonly PartitionWrite[] {
  const topics = topicsOf(location);
  const decisions = letters.map((letter) => ({
    key: Buffer.from(letterId(letter)),
    value: avro.encode({
      letter_partition: letter.partition,
      letter_offset: letter.offset,
      action,
      error_code: letter.code,
      reason,
      actor,
      decided_at: nowMs(),
    }),
  }));
  return [
    ...Array.from(events, ([partition, records]) => ({
      topic: topics.input,
      partition,
      records: packRecords(records),
    })),
    { topic: topics.decisions, partition: 0, records: packRecords(decisions) },
  ];
}
