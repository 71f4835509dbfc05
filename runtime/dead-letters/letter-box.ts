import type { DeadLetterDecision } from '@scoreline/core/contracts/dead-letter-decision.ts';
import { createAvroReader } from '../avro/codec.ts';
import { contractSchema } from '../avro/contracts.ts';
import { createRegistryClient } from '../avro/registry.ts';
import { readCommittedPages } from '../kafka/read-committed.ts';
import { resolveTopicRange } from '../kafka/topic-range.ts';
import { type DeadLetter, letterId, toDeadLetterOf } from './dead-letter.ts';
import { isMeant, type LetterFilter, type LetterState } from './letter-filter.ts';
import { type DeadLettersLocation, topicsOf } from './location.ts';

/** A letter, and what became of it. */
export interface LetterInHand {
  readonly letter: DeadLetter;
  readonly state: LetterState;
}

/** What was decided, by the letter's id; the first decision about a letter stands. */
export type LetterDecisions = ReadonlyMap<string, DeadLetterDecision>;

/** Reads all decisions that stand now: as many as there were in the last sixty days, a hundred bytes each. */
export async function readDecisions(location: DeadLettersLocation): Promise<LetterDecisions> {
  const registry = createRegistryClient(location.schemaRegistry);
  const avro = createAvroReader<DeadLetterDecision>(registry, contractSchema('dead-letter-decision'));
  const decisions = new Map<string, DeadLetterDecision>();
  const from = { topic: topicsOf(location).decisions, partition: 0 };
  for await (const page of readCommittedPages(location.kafka, from, location.clientLog)) {
    await avro.prepare(page.map(({ value }) => value));
    for (const { offset, value } of page) {
      const decoded = avro.decode(value);
      // A letter that was replayed must not look open: better nothing is done.
      if (!decoded.ok)
        throw new Error(
          `${from.topic}, offset ${offset} is no decision that can be read: ${decoded.message}`,
        );
      const decision = decoded.value;
      const id = letterId({ partition: decision.letter_partition, offset: decision.letter_offset });
      if (!decisions.has(id)) decisions.set(id, decision);
    }
  }
  return decisions;
}

/**
 * The letters that are meant, a page at a time: partition by partition, each in its order. What is written while this
 * reads may or may not be among them.
 */
export async function* readLetters(
  location: DeadLettersLocation,
  filter: LetterFilter,
  decisions: LetterDecisions,
): AsyncGenerator<readonly LetterInHand[]> {
  const topic = topicsOf(location).letters;
  const { kafka, clientLog } = location;
  const everything = { from: 'beginning', to: 'now' } as const;
  const ranges = await resolveTopicRange(kafka, topic, everything, clientLog);
  for (const { partition } of ranges.filter(({ from, to }) => to > from)) {
    for await (const page of readCommittedPages(kafka, { topic, partition }, clientLog)) {
      const letters = page.map((record) => toDeadLetterOf(partition, record));
      const meant = letters
        .map((letter) => ({ letter, state: stateOf(letter, decisions) }))
        .filter(({ letter, state }) => isMeant(letter, state, filter));
      if (meant.length > 0) yield meant;
    }
  }
}

function stateOf(letter: DeadLetter, decisions: LetterDecisions): LetterState {
  return decisions.get(letterId(letter))?.action ?? 'open';
}
