import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { AvroWriter } from '@scoreline/runtime/avro/codec.ts';
import type { Publisher } from '@scoreline/runtime/kafka/publish.ts';
import type { PublishAlerts } from './publish-decisions.ts';

/** Writes alerts to their topic, keyed by `alert_id`, so that compaction keeps each one's latest state. */
export function createAlertTopic(
  publisher: Pick<Publisher, 'publish'>,
  avro: AvroWriter<ScoringAlert>,
  topic: string,
): PublishAlerts {
  return async (alerts) => {
    await publisher.publish(
      topic,
      alerts.map((alert) => ({ key: Buffer.from(alert.alert_id), value: avro.encode(alert) })),
    );
  };
}
