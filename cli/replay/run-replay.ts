import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import type { ReplayConfig } from './config.ts';
import { planReplay } from './plan.ts';
import { replay, type ReplayOptions, type ReplaySummary } from './replay.ts';

export interface ReplayRequest extends ReplayOptions {
  readonly file: string;
  readonly mapFile: string;
  readonly withOutcomes: boolean;
  /** What the Kafka client warns of. */
  readonly onWarning: (message: string) => void;
}

/** Plans a replay, connects, replays and closes. Throws MapRefused before anything was published. */
export async function runReplay(config: ReplayConfig, request: ReplayRequest): Promise<ReplaySummary> {
  const plan = await planReplay({
    file: request.file,
    mapFile: request.mapFile,
    topicPrefix: config.TOPIC_PREFIX,
    withOutcomes: request.withOutcomes,
    registry: createRegistryClient(toRegistryAccess(config)),
  });
  const kafka = asClient(toKafkaAccess(config), 'scoreline-replay');
  const publisher = createPublisher(kafka, (level, message) => {
    if (level === 'error' || level === 'warn') request.onWarning(message);
  });
  await publisher.connect();
  try {
    return await replay(plan, publisher, request);
  } finally {
    await publisher.close();
  }
}
