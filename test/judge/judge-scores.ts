import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { type JudgedRecord, readCommitted } from './read-committed.ts';

export interface JudgeRequest {
  readonly brokers: string;
  readonly registryUrl: string;
  /** Topics with their prefix. */
  readonly leadTopic: string;
  readonly scoreTopics: readonly ScoreTopic[];
  readonly deadLetterTopic: string;
  /** The lead event's field with its id. */
  readonly eventIdField?: string;
  /** Called with each score, for more checks. */
  readonly onScore?: (score: LeadScored, record: JudgedRecord) => void;
  readonly onDeadLetter?: (record: JudgedRecord) => void;
}

export interface ScoreTopic {
  readonly topic: string;
  /** A lead that this role gave up (`dlq.role`) needs no score on the topic. */
  readonly role: 'production' | 'shadow';
}

/** What the judge found of one scores topic. All but `scores`, `deadLetters` and `latencyMs` should be 0. */
export interface ScoresVerdict {
  readonly topic: string;
  readonly scores: number;
  /** Lead events that its role gave up. */
  readonly deadLetters: number;
  /** Scores beyond the first of one lead event by one model version in one role. */
  readonly duplicates: number;
  /** Lead events with neither a score nor a dead letter. */
  readonly lost: number;
  /** Scores of lead events that are not on the topic, or that carry another event's id or lead. */
  readonly foreign: number;
  /** Scores on another partition than their lead event. */
  readonly misplaced: number;
  /** Scores that stand after one of a later lead event of their partition. */
  readonly outOfOrder: number;
  /** Lead events that have both a score and a dead letter. */
  readonly contradicted: number;
  /** Milliseconds from the lead event's Kafka timestamp to its score's, sorted. */
  readonly latencyMs: Float64Array;
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

/** A lead event as the judge remembers it. */
interface Lead {
  readonly eventId: string | undefined;
  readonly timestamp: number;
  /** Who gave it up: `<role>/<model>@<version>`. */
  readonly givenUpBy: Set<string>;
}

/**
 * Compares what is on the score topics with what is on the lead topic, record by record: each lead event scored
 * exactly once by each topic's model version, on its own partition, in order. Reads with Kafka's Java client.
 */
export async function judgeScores(request: JudgeRequest): Promise<Verdict> {
  const { leadTopic, deadLetterTopic, scoreTopics } = request;
  const topics = [leadTopic, deadLetterTopic, ...scoreTopics.map(({ topic }) => topic)];
  const records = new Map(topics.map((topic) => [topic, [] as JudgedRecord[]]));
  const ends = await readCommitted(request.brokers, [...records.keys()], (record) => {
    records.get(record.topic)?.push(record);
  });
  const leads = await rememberLeads(records.get(leadTopic) ?? [], request);
  const deadLetters = records.get(deadLetterTopic) ?? [];
  const duplicateDeadLetters = matchDeadLetters(deadLetters, leads, request);
  const byTopic = new Map<string, ScoresVerdict>();
  for (const scoreTopic of scoreTopics) {
    const { topic } = scoreTopic;
    byTopic.set(topic, await judgeTopic(scoreTopic, records.get(topic) ?? [], leads, request));
  }
  return {
    leads: leads.size,
    repeatedEventIds: countRepeated(leads),
    deadLetters: deadLetters.length,
    duplicateDeadLetters,
    byTopic,
    openTransactions: ends.filter(({ lastStableOffset, highWatermark }) => lastStableOffset < highWatermark)
      .length,
  };
}

async function rememberLeads(
  records: readonly JudgedRecord[],
  { registryUrl, eventIdField = 'event_id' }: JudgeRequest,
): Promise<Map<string, Lead>> {
  const avro = createAvroReader<Record<string, unknown>>(createRegistryClient({ url: registryUrl }));
  await avro.prepare(records.map(({ value }) => value));
  const leads = new Map<string, Lead>();
  for (const { partition, offset, timestamp, value } of records) {
    const decoded = avro.decode(value);
    const id = decoded.ok ? decoded.value[eventIdField] : undefined;
    const eventId = typeof id === 'string' ? id : undefined;
    leads.set(placeOf(partition, offset), { eventId, timestamp, givenUpBy: new Set() });
  }
  return leads;
}

/** Notes who gave each lead up; how many dead letters are of no lead, or a second one by the same scorer. */
function matchDeadLetters(
  records: readonly JudgedRecord[],
  leads: ReadonlyMap<string, Lead>,
  { leadTopic, onDeadLetter }: JudgeRequest,
): number {
  let unmatched = 0;
  for (const record of records) {
    onDeadLetter?.(record);
    const { headers, partition } = record;
    const lead = leads.get(placeOf(headers['dlq.source.partition'], headers['dlq.source.offset']));
    const scorer = `${headers['dlq.role']}/${headers['dlq.model']}`;
    const isOwn =
      headers['dlq.source.topic'] === leadTopic && headers['dlq.source.partition'] === String(partition);
    if (lead === undefined || !isOwn || lead.givenUpBy.has(scorer)) unmatched += 1;
    lead?.givenUpBy.add(scorer);
  }
  return unmatched;
}

async function judgeTopic(
  { topic, role }: ScoreTopic,
  records: readonly JudgedRecord[],
  leads: ReadonlyMap<string, Lead>,
  request: JudgeRequest,
): Promise<ScoresVerdict> {
  const registry = createRegistryClient({ url: request.registryUrl });
  const avro = createAvroReader<LeadScored>(registry, contractSchema('lead-scored'));
  await avro.prepare(records.map(({ value }) => value));
  const tally = { duplicates: 0, foreign: 0, misplaced: 0, outOfOrder: 0, contradicted: 0 };
  const seen = new Set<string>();
  const scored = new Set<string>();
  const latestOffsets = new Map<string, number>();
  const latencies: number[] = [];
  for (const record of records) {
    const decoded = avro.decode(record.value);
    if (!decoded.ok) throw new Error(`${topic}-${record.partition}@${record.offset}: ${decoded.message}`);
    const score = decoded.value;
    request.onScore?.(score, record);
    const place = placeOf(score.source.partition, score.source.offset);
    const lead = leads.get(place);
    if (lead === undefined || !isOf(score, record, lead, request.leadTopic)) {
      tally.foreign += 1;
      continue;
    }
    const scorer = `${score.model}@${score.model_version}/${score.role}/${score.run_id ?? ''}`;
    const line = `${record.partition}/${scorer}`;
    if (seen.has(`${place}/${scorer}`)) tally.duplicates += 1;
    if (lead.givenUpBy.has(`${score.role}/${score.model}@${score.model_version}`)) tally.contradicted += 1;
    if (record.partition !== score.source.partition) tally.misplaced += 1;
    if (score.source.offset < (latestOffsets.get(line) ?? 0)) tally.outOfOrder += 1;
    seen.add(`${place}/${scorer}`);
    scored.add(place);
    latestOffsets.set(line, score.source.offset);
    latencies.push(record.timestamp - lead.timestamp);
  }
  const isGivenUp = ({ givenUpBy }: Lead): boolean => [...givenUpBy].some((by) => by.startsWith(`${role}/`));
  const unscored = [...leads].filter(([place]) => !scored.has(place));
  const lost = unscored.filter(([, lead]) => !isGivenUp(lead)).length;
  const deadLetters = [...leads.values()].filter(isGivenUp).length;
  const latencyMs = Float64Array.from(latencies).sort();
  return { topic, scores: records.length, deadLetters, lost, latencyMs, ...tally };
}

/** A score carries its event's id and goes by its lead's key. */
function isOf(score: LeadScored, record: JudgedRecord, lead: Lead, leadTopic: string): boolean {
  const { source, event_id, lead_id } = score;
  if (source.topic !== leadTopic || source.timestamp !== lead.timestamp) return false;
  const expectedId = lead.eventId ?? `${source.topic}-${source.partition}-${source.offset}`;
  return event_id === expectedId && record.key?.toString() === lead_id;
}

function countRepeated(leads: ReadonlyMap<string, Lead>): number {
  const ids = [...leads.values()].map(({ eventId }) => eventId).filter((id) => id !== undefined);
  return ids.length - new Set(ids).size;
}

function placeOf(partition: unknown, offset: unknown): string {
  return `${String(partition)}@${String(offset)}`;
}

/** The q-quantile (0 to 1) of sorted values, by nearest rank; NaN of none. */
export function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN;
}
