import type { RegistryAccess } from '../avro/registry.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import type { KafkaSettings } from '../kafka/settings.ts';

/** Where a stream's dead letters are. */
export interface DeadLettersLocation {
  readonly kafka: KafkaSettings;
  readonly schemaRegistry: RegistryAccess;
  readonly topicPrefix: string;
  readonly clientLog: KafkaLogSink;
}

/** The topics by what they are to a letter. */
export function topicsOf({ topicPrefix }: DeadLettersLocation) {
  return {
    input: `${topicPrefix}lead-created`,
    letters: `${topicPrefix}lead-created.dlq`,
    decisions: `${topicPrefix}dead-letter-decisions`,
  };
}
