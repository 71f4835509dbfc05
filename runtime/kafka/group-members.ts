import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/**
 * How many members a consumer group has; 0 for a group that nobody knows. One that was killed counts until its session
 * times out. Connects for the one call; about ten seconds of retries, then an error.
 */
export async function countGroupMembers(
  settings: KafkaSettings,
  groupId: string,
  log: KafkaLogSink,
): Promise<number> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  try {
    await admin.connect();
    const { groups } = await admin.describeGroups([groupId]);
    return groups.reduce((sum, { members }) => sum + members.length, 0);
  } finally {
    await admin.disconnect();
  }
}
