import { Writable } from 'node:stream';
import type { LeadScored, Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import {
  type FetchedRecord,
  type KafkaRecord,
  type OutputRecord,
  toFetchedRecord,
} from '@scoreline/runtime/kafka/record.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { aloneInLineup, type Lineup } from '../lineup.ts';
import { openBatchScorer } from '../open-batch-scorer.ts';
import { createScoringEvents } from '../scoring-events.ts';
import { createTransformBatch } from '../transform-batch.ts';

/** When every batch in the room is scored. */
export const SCORED_AT_MS = Date.UTC(2024, 4, 1, 12);
/** The registry's answer to this id is no Avro: somebody's protobuf. */
export const PROTOBUF_SCHEMA_ID = 666;

/** A lead of the tiny package, whose fields take more than the model does, so that each can be wrong. */
export const TINY_LEAD_SCHEMA = JSON.stringify({
  type: 'record',
  name: 'TinyLead',
  fields: [
    { name: 'lead_id', type: ['null', 'string', 'double'] },
    { name: 'event_id', type: ['null', 'string'], default: null },
    { name: 'created_at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }, 'string'] },
    { name: 'size', type: ['null', 'double', 'string'] },
    { name: 'color', type: ['null', 'string'] },
    { name: 'active', type: ['null', 'boolean'] },
  ],
});

/** A good lead: its score is size + 2 · 1 (green) + 3 (active). */
export const tinyLead = {
  lead_id: 'lead-1',
  event_id: 'event-1',
  created_at: Date.UTC(2024, 4, 1, 11),
  size: 2,
  color: 'green',
  active: true,
};

/** Opens the package whose model is a sum; close it after use. */
export async function openTinyModel(): Promise<LoadedModel> {
  const pkg = await writeTinyPackage();
  try {
    return await openModel(await loadPackage(pkg.dir));
  } finally {
    await pkg.remove();
  }
}

/** A score as a reader of lead-scores finds it. */
export interface ReadScore {
  readonly key: string | undefined;
  readonly value: LeadScored;
  readonly headers: OutputRecord['headers'];
}

/** Scoring as scorer and shadow do it, on a registry in memory and without Kafka. */
export async function createScoringRoom(
  scorers: LoadedModel | Lineup | (() => Lineup),
  role: Role = 'production',
) {
  const registry = createInMemoryRegistry();
  const avro = createAvroReader<LeadEvent>(withProtobuf(registry));
  const reader = createAvroReader<LeadScored>(registry);
  const scoreAvro = await createAvroWriter<LeadScored>(
    registry,
    'lead-scores-value',
    contractSchema('lead-scored'),
  );
  const { telemetry, logged } = createRecordedTelemetry();
  const settings = { scoreSchemaId: scoreAvro.schemaId, runId: null, role, deadLetterBytes: 1_114_124 };
  const scoreBatch = createTransformBatch({
    avro,
    scoreBatch: openBatchScorer(avro, settings, () => SCORED_AT_MS),
    currentLineup: lineupOf(scorers),
    events: createScoringEvents(telemetry),
  });
  const readScore = (record: OutputRecord): ReadScore => {
    const decoded = reader.decode(record.value);
    if (!decoded.ok) throw new Error(decoded.message);
    return { key: record.key?.toString(), value: decoded.value, headers: record.headers };
  };
  return {
    registry,
    /** Log lines, as text. */
    logged,
    metrics: () => telemetry.registry.metrics(),
    scoreBatch: (records: readonly FetchedRecord[]) =>
      scoreBatch({ topic: 'lead-created', partition: 3, records }),
    /** An event as the CRM writes it, in this schema. */
    async write(event: unknown, schema = TINY_LEAD_SCHEMA): Promise<Buffer> {
      const writer = await createAvroWriter<unknown>(registry, 'lead-created-value', schema);
      return writer.encode(event);
    },
    /** What a batch of these values (or records) becomes once its transaction has committed. */
    async score(...values: readonly (Buffer | null | Partial<KafkaRecord>)[]) {
      const records = values.map((value, index) => recordOf(value, index));
      const transformed = await scoreBatch({ topic: 'lead-created', partition: 3, records });
      if (transformed.fate !== 'done') throw new Error(transformed.reason);
      transformed.onCommitted?.();
      const scores = unpackRecords(transformed.outputs.scores);
      const deadLetters = unpackRecords(transformed.outputs.deadLetters);
      await reader.prepare(scores.map(({ value }) => value));
      return { scores: scores.map(readScore), deadLetters };
    },
  };
}

function lineupOf(scorers: LoadedModel | Lineup | (() => Lineup)): () => Lineup {
  if (typeof scorers === 'function') return scorers;
  const lineup = 'production' in scorers ? scorers : aloneInLineup(scorers);
  return () => lineup;
}

/** A record of the room's partition; offsets begin at 100. */
export function recordOf(value: Buffer | null | Partial<KafkaRecord>, index: number): FetchedRecord {
  const given = value === null || Buffer.isBuffer(value) ? { value } : value;
  return toFetchedRecord({
    offset: 100 + index,
    timestamp: SCORED_AT_MS - 40,
    key: Buffer.from('key'),
    value: null,
    headers: {},
    ...given,
  });
}

function withProtobuf(registry: RegistryClient): RegistryClient {
  return {
    ...registry,
    schemaById: async (id) =>
      id === PROTOBUF_SCHEMA_ID ? 'syntax = "proto3"; message Lead {}' : registry.schemaById(id),
  };
}

function createRecordedTelemetry() {
  const logged: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  return { telemetry: { log: pino({ level: 'trace' }, stream), registry: new Registry() }, logged };
}
