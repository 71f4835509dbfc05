import { openTopicAdmin, type TopicAdmin } from '@scoreline/runtime/kafka/admin.ts';

import { TOPICS } from '../topics.ts';
import type { SetupConfig } from './config.ts';
import { planTopics, type TopicPlan } from './plan-topics.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';

/** Makes the brokers' topics what `topics.ts` says; a second run finds nothing to do. */
export async function createTopics(config: SetupConfig, log: (line: string) => void): Promise<void> {
  const settings = asClient(toKafkaAccess(config), 'scoreline-setup');
  const admin = await openTopicAdmin(settings, (level, message) => {
    if (level === 'error') log(`kafka … ${message}`);
  });
  try {
    const names = TOPICS.map(({ name }) => config.TOPIC_PREFIX + name);
    const plans = planTopics(await admin.describeTopics(names), {
      prefix: config.TOPIC_PREFIX,
      partitions: config.PARTITIONS,
      minInsyncReplicas: config.MIN_INSYNC_REPLICAS,
    });
    for (const plan of plans) await carryOut(admin, plan, config.REPLICATION_FACTOR ?? -1, log);
  } finally {
    await admin.close();
  }
}

async function carryOut(
  admin: TopicAdmin,
  { topic, action, notes }: TopicPlan,
  replicationFactor: number,
  log: (line: string) => void,
): Promise<void> {
  for (const note of notes) log(`topic … ${note}`);
  if (action.kind === 'create') {
    await admin.createTopic(topic, { ...action, replicationFactor });
    return log(`topic … ${topic}: created, partitions: ${action.partitions}`);
  }
  if (action.growTo !== undefined) {
    await admin.growPartitions(topic, action.growTo);
    log(`topic … ${topic}: grown to ${action.growTo} partitions`);
  }
  if (Object.keys(action.configs).length > 0) {
    await admin.setConfigs(topic, action.configs);
    log(
      `topic … ${topic}: set ${Object.entries(action.configs)
        .map((pair) => pair.join('='))
        .join(', ')}`,
    );
  }
}
