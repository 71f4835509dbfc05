import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { type AvroWriter, NotOfSchema, writerFor } from '@scoreline/runtime/avro/codec.ts';
import { timestampUnit } from '@scoreline/runtime/avro/timestamp-unit.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { Publisher } from '@scoreline/runtime/kafka/publish.ts';
import type { LeadPublisher, PublishOutcome } from './score-lead.ts';

export interface LeadPublisherDeps {
  readonly registry: RegistryClient;
  readonly publisher: Publisher;
  /** With its prefix. */
  readonly topic: string;
  readonly nowMs: () => number;
}

/** A schema that the CRM registers anew is used within this time. */
const SCHEMA_TTL_MS = 30_000;

/** Puts leads on lead-created, in the newest schema that the CRM registered for it. */
export function createLeadPublisher({ registry, publisher, topic, nowMs }: LeadPublisherDeps): LeadPublisher {
  const currentWriter = createWriterCache(registry, `${topic}-value`, nowMs);
  return async (event, entityId, timeField) => {
    try {
      const current = await currentWriter();
      if (current === undefined) return unavailable(`no schema is registered for ${topic}`);
      const { writer, schema } = current;
      const value = writer.encode(inSchemaUnit(event, timeField, schema));
      const [range] = await publisher.publish(topic, [{ key: Buffer.from(entityId), value }]);
      if (range === undefined) return unavailable(`${topic} did not say where the lead stands`);
      return { ok: true, partition: range.partition, offset: range.firstOffset };
    } catch (error) {
      if (!(error instanceof NotOfSchema)) {
        return unavailable(
          `${topic} can not be written: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      return {
        ok: false,
        reason: 'refused',
        field: error.field,
        message: `${topic} does not take it: ${error.message}`,
      };
    }
  };
}

function unavailable(message: string): PublishOutcome {
  return { ok: false, reason: 'unavailable', message };
}

interface CurrentWriter {
  readonly writer: AvroWriter<LeadEvent>;
  readonly schema: string;
}

function createWriterCache(
  registry: RegistryClient,
  subject: string,
  nowMs: () => number,
): () => Promise<CurrentWriter | undefined> {
  let current: CurrentWriter | undefined;
  let askedAtMs = -Infinity;
  return async () => {
    if (nowMs() - askedAtMs < SCHEMA_TTL_MS && current !== undefined) return current;
    const latest = await registry.latest(subject);
    if (latest === undefined) return undefined;
    askedAtMs = nowMs();
    if (current?.writer.schemaId !== latest.id) {
      current = { writer: writerFor<LeadEvent>(latest.id, latest.schema), schema: latest.schema };
    }
    return current;
  };
}

const PER_MS = { millis: 1, micros: 1_000, nanos: 1_000_000 } as const;

/** The event's time, which comes in milliseconds, in the unit that the schema gives its field. */
function inSchemaUnit(event: LeadEvent, timeField: string | undefined, schema: string): LeadEvent {
  const timeMs = timeField === undefined ? undefined : event[timeField];
  if (timeField === undefined || typeof timeMs !== 'number') return event;
  return { ...event, [timeField]: timeMs * PER_MS[timestampUnit(schema, timeField)] };
}
