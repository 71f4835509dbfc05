import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import type { BenchContext } from './context.ts';
import { CONTACTS, encodeLeads } from './leads.ts';

/** Puts `count` leads on lead-created: the bank's contacts again and again, so that only those are ever in memory. */
export async function produceLeads({ env, prefix }: BenchContext, count: number): Promise<void> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const contacts = await encodeLeads(Math.min(count, CONTACTS), { registry, topicPrefix: prefix });
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  for (let sent = 0; sent < count; sent += contacts.length)
    await publisher.publish(`${prefix}lead-created`, contacts.slice(0, count - sent));
  await publisher.close();
}
