import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { type AvroWriter, NotOfSchema, writerFor } from '@scoreline/runtime/avro/codec.ts';
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
  return async (event, entityId) => {
    try {
      const writer = await currentWriter();
      if (writer === undefined) return unavailable(`no schema is registered for ${topic}`);
      const value = writer.encode(event);
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

function createWriterCache(
  registry: RegistryClient,
  subject: string,
  nowMs: () => number,
): () => Promise<AvroWriter<LeadEvent> | undefined> {
  let writer: AvroWriter<LeadEvent> | undefined;
  let askedAtMs = -Infinity;
  return async () => {
    if (nowMs() - askedAtMs < SCHEMA_TTL_MS && writer !== undefined) return writer;
    const latest = await registry.latest(subject);
    if (latest === undefined) return undefined;
    askedAtMs = nowMs();
    if (writer?.schemaId !== latest.id) writer = writerFor<LeadEvent>(latest.id, latest.schema);
    return writer;
  };
}
