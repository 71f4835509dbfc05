import { join } from 'node:path';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createLeadEncoder, type LeadEncoder } from '@scoreline/pipeline/encode-leads.ts';
import { createLeadNamer, type Lead } from '@scoreline/pipeline/name-leads.ts';
import { createScoreWriter, type ScoreWriter } from '@scoreline/pipeline/write-scores.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { FetchedRecord, toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import type { BenchContext } from '../context.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';

const PACKAGE = join(import.meta.dirname, '../../models/bank-leads/1.0.0');
const PARTITIONS = 6;
/** Of one publish; the partitions take turns. */
const SCORES_AT_ONCE = 4_000;

/** All scores are of leads of this day, so that a window of each size holds all of them. */
export const DAY_MS = Date.UTC(2024, 0, 1);

/** Puts `count` scores of the bank's contacts on lead-scores, by the scorer's own code, as fast as Kafka takes them. */
export async function writeScores(context: BenchContext, count: number): Promise<void> {
  const { env, prefix } = context;
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const avro = await createAvroWriter<LeadScored>(
    registry,
    `${prefix}lead-scores-value`,
    contractSchema('lead-scored'),
  );
  const model = await openModel(await loadPackage(PACKAGE));
  const { leads, encode } = await nameContacts(context, model, Math.min(count, CONTACTS));
  const write = createScoreWriter(avro.schemaId, null);
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  for (let from = 0; from < count; from += SCORES_AT_ONCE) {
    const chunk = takeChunk(leads, from, Math.min(SCORES_AT_ONCE, count - from));
    const partition = (from / SCORES_AT_ONCE) % PARTITIONS;
    const scored = await scoreChunk({ chunk, partition, model, encode, write });
    await publisher.publish(`${prefix}lead-scores`, scored);
  }
  await Promise.all([publisher.close(), model.close()]);
}

async function nameContacts(
  { env, prefix: topicPrefix }: BenchContext,
  model: LoadedModel,
  count: number,
): Promise<{ readonly leads: readonly Lead[]; readonly encode: LeadEncoder }> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const encoded = await encodeLeads(count, { registry, topicPrefix });
  const records = encoded.map(({ key, value }, offset) =>
    toFetchedRecord({ offset, timestamp: Date.now(), key, value, headers: {} }),
  );
  const avro = createAvroReader<LeadEvent>(registry);
  await avro.prepare(records.map(({ value }) => value));
  const { leads } = createLeadNamer(avro)(records, model);
  return { leads, encode: createLeadEncoder(avro) };
}

/** The contacts again and again, each time with offsets of their own, spread over the day. */
function takeChunk(leads: readonly Lead[], from: number, count: number): readonly Lead[] {
  return Array.from({ length: count }, (_, i) => {
    const lead = leads[(from + i) % leads.length];
    if (lead === undefined) throw new Error('there are no contacts to score');
    const identity = { ...lead.identity, eventTimeMs: DAY_MS + ((from + i) % 86_400) * 1_000 };
    const { timestamp, bytes } = lead.record;
    return { ...lead, identity, record: new FetchedRecord(from + i, timestamp, bytes, lead.record) };
  });
}

async function scoreChunk(of: {
  readonly chunk: readonly Lead[];
  readonly partition: number;
  readonly model: LoadedModel;
  readonly encode: LeadEncoder;
  readonly write: ScoreWriter;
}) {
  const { model, partition } = of;
  const encoded = of.encode(of.chunk, model);
  const scores = new Float64Array(encoded.leads.length);
  const { inferenceUs } = await model.score(encoded.matrix, encoded.leads.length, scores);
  const source = { topic: 'lead-created', partition };
  const { records } = of.write(
    { source, encoded, scores, inferenceUs, scoredAtMs: Date.now() },
    { model, role: 'production', experimentId: null },
  );
  return unpackRecords(records).map((record) => ({ ...record, partition }));
}
