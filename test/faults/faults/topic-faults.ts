import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import type { Fault } from './fault.ts';

/** A stream that grows while it is read: nothing of a new partition may be missed, and outputs grow first. */
export const TOPIC_FAULTS: readonly Fault[] = [
  {
    name: 'a partition added to lead-created',
    async inflict({ env }) {
      const topic = `${env.TOPIC_PREFIX}lead-created`;
      const settings = { brokers: env.KAFKA_BROKERS.split(','), clientId: 'faults' };
      const admin = await openTopicAdmin(settings, () => {});
      try {
        const described = await admin.describeTopics([topic]);
        await admin.growPartitions(topic, (described.get(topic)?.partitions ?? 0) + 1);
      } finally {
        await admin.close();
      }
    },
  },
];
