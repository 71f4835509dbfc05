import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { createAvroReader, createAvroWriter } from '../avro/codec.ts';
import { contractSchema } from '../avro/contracts.ts';
import { createRegistryClient } from '../avro/registry.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import { createEventAppender, type EventAppender } from '../kafka/event-appender.ts';
import { createEventLog, type EventLog } from '../kafka/event-log.ts';

/** Where a stream's registry is. */
export interface RegistryLocation {
  readonly brokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly topicPrefix: string;
  /** Who connects, for the brokers' logs: 'scorer'. */
  readonly service: string;
}

/** The topic `model-registry` of a stream. */
export function openModelEventLog(location: RegistryLocation, clientLog: KafkaLogSink): EventLog<ModelEvent> {
  const registry = createRegistryClient({ url: location.schemaRegistryUrl });
  return createEventLog({
    kafka: kafkaOf(location),
    topic: topicOf(location),
    reader: createAvroReader<ModelEvent>(registry, contractSchema('model-event')),
    clientLog,
  });
}

/** What writes to it; its schema is registered with the first event (a no-op where it is there). */
export function openModelEventAppender(
  location: RegistryLocation,
  clientLog: KafkaLogSink,
): EventAppender<ModelEvent> {
  const registry = createRegistryClient({ url: location.schemaRegistryUrl });
  const topic = topicOf(location);
  return createEventAppender({
    kafka: kafkaOf(location),
    topic,
    writer: () => createAvroWriter(registry, `${topic}-value`, contractSchema('model-event')),
    keyOf: ({ model }) => model,
    clientLog,
  });
}

function topicOf({ topicPrefix }: RegistryLocation): string {
  return `${topicPrefix}model-registry`;
}

function kafkaOf({ brokers, service }: RegistryLocation) {
  return { brokers, clientId: `scoreline-${service}-registry` };
}
