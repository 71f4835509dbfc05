import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, type RegistryAccess } from '@scoreline/runtime/avro/registry.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import { judgeTopic, type ReadScore, type ScoresVerdict, type ScoreTopic } from './judge-topic.ts';
import { countRepeatedIds, matchDeadLetters, rememberLeads } from './leads.ts';
import { type JudgedRecord, readCommitted } from './read-committed.ts';

export interface JudgeRequest {
  /** `host:port` by commas where they let everybody in. */
  readonly brokers: string | KafkaAccess;
  readonly schemaRegistry: RegistryAccess;
  /** Topics with their prefix. */
  readonly leadTopic: string;
  readonly scoreTopics: readonly ScoreTopic[];
  readonly deadLetterTopic: string;
  /** The lead event's field with its id. */
  readonly eventIdField?: string;
  /** Called with each score and dead letter, for more checks. */
  readonly onScore?: (score: LeadScored, record: JudgedRecord) => void;
  readonly onDeadLetter?: (record: JudgedRecord) => void;
}

export interface Verdict {
  readonly leads: number;
  /** Lead events whose id another one has too: the producer's doing, not the scorer's. */
  readonly repeatedEventIds: number;
  /** Of all roles. */
  readonly deadLetters: number;
  /** Beyond the first of one lead event by one model version in one role, or of no lead event of their partition. */
  readonly duplicateDeadLetters: number;
  readonly byTopic: ReadonlyMap<string, ScoresVerdict>;
  /** Partitions on which a transaction is still open. */
  readonly openTransactions: number;
}

/**
 * Compares what is on the score topics with what is on the lead topic, record by record: each lead event scored
 * exactly once by each topic's model version, on its own partition, in order. Reads with Kafka's Java client.
 */
export async function judgeScores(request: JudgeRequest): Promise<Verdict> {
  const {
    brokers,
    schemaRegistry,
    leadTopic,
    deadLetterTopic,
    scoreTopics,
    eventIdField = 'event_id',
  } = request;
  const topics = [leadTopic, deadLetterTopic, ...scoreTopics.map(({ topic }) => topic)];
  const records = new Map(topics.map((topic) => [topic, [] as JudgedRecord[]]));
  const ends = await readCommitted(brokers, topics, (record) => records.get(record.topic)?.push(record));
  const on = (topic: string): readonly JudgedRecord[] => records.get(topic) ?? [];

  const leads = await rememberLeads(on(leadTopic), schemaRegistry, eventIdField);
  for (const record of on(deadLetterTopic)) request.onDeadLetter?.(record);
  const duplicateDeadLetters = matchDeadLetters(on(deadLetterTopic), leads, leadTopic);
  const byTopic = new Map<string, ScoresVerdict>();
  for (const scoreTopic of scoreTopics) {
    const scores = await decodeScores(on(scoreTopic.topic), schemaRegistry);
    for (const { score, record } of scores) request.onScore?.(score, record);
    byTopic.set(scoreTopic.topic, judgeTopic(scoreTopic, scores, leads, leadTopic));
  }
  return {
    leads: leads.size,
    repeatedEventIds: countRepeatedIds(leads),
    deadLetters: on(deadLetterTopic).length,
    duplicateDeadLetters,
    byTopic,
    openTransactions: ends.filter((end) => end.lastStableOffset < end.highWatermark).length,
  };
}

async function decodeScores(
  records: readonly JudgedRecord[],
  schemaRegistry: RegistryAccess,
): Promise<ReadScore[]> {
  const registry = createRegistryClient(schemaRegistry);
  const avro = createAvroReader<LeadScored>(registry, contractSchema('lead-scored'));
  await avro.prepare(records.map(({ value }) => value));
  return records.map((record) => {
    const decoded = avro.decode(record.value);
    if (decoded.ok) return { score: decoded.value, record };
    throw new Error(`${record.topic}-${record.partition}@${record.offset} is no score: ${decoded.message}`);
  });
}
