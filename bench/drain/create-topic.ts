import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import type { BenchContext } from '../context.ts';

/** Creates a topic with as many partitions as another has. Throws where the other is not there. */
export async function createTopicLike({ env }: BenchContext, model: string, topic: string): Promise<void> {
  const admin = await openTopicAdmin({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  const source = (await admin.describeTopics([model])).get(model);
  if (source === undefined) throw new Error(`${model} is not there`);
  await admin.createTopic(topic, { partitions: source.partitions, replicationFactor: -1, configs: {} });
  await admin.close();
}
