import { createAvroReader, createAvroWriter } from '../avro/codec.ts';
import { type ContractName, contractSchema } from '../avro/contracts.ts';
import { createRegistryClient, type RegistryAccess } from '../avro/registry.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import { createEventAppender, type EventAppender } from '../kafka/event-appender.ts';
import { createEventLog, type EventLog } from '../kafka/event-log.ts';
import { asClient, type KafkaAccess, type KafkaSettings } from '../kafka/settings.ts';

/** Where a stream's decisions are. */
export interface DecisionLocation extends KafkaAccess {
  readonly schemaRegistry: RegistryAccess;
  readonly topicPrefix: string;
  /** Who connects, for the brokers' logs: 'scorer'. */
  readonly service: string;
}

/** A topic of decisions: one partition, kept for ever. */
export interface DecisionTopic<E> {
  /** Without its prefix. */
  readonly name: string;
  readonly contract: ContractName;
  readonly keyOf: (event: E) => string;
}

/** Reads a topic of decisions. Opens nothing before it is followed. */
export function openDecisionLog<E>(
  { name, contract }: DecisionTopic<E>,
  location: DecisionLocation,
  clientLog: KafkaLogSink,
): EventLog<E> {
  const registry = createRegistryClient(location.schemaRegistry);
  return createEventLog({
    kafka: kafkaOf(name, location),
    topic: `${location.topicPrefix}${name}`,
    reader: createAvroReader<E>(registry, contractSchema(contract)),
    clientLog,
  });
}

/** What writes to it; its schema is registered with the first event (a no-op where it is there). */
export function openDecisionAppender<E>(
  { name, contract, keyOf }: DecisionTopic<E>,
  location: DecisionLocation,
  clientLog: KafkaLogSink,
): EventAppender<E> {
  const registry = createRegistryClient(location.schemaRegistry);
  const topic = `${location.topicPrefix}${name}`;
  return createEventAppender({
    kafka: kafkaOf(name, location),
    topic,
    writer: () => createAvroWriter<E>(registry, `${topic}-value`, contractSchema(contract)),
    keyOf,
    clientLog,
  });
}

function kafkaOf(topic: string, location: DecisionLocation): KafkaSettings {
  return asClient(location, `scoreline-${location.service}-${topic}`);
}
