import { readSetupConfig, type SetupConfig } from '@scoreline/infra/setup/config.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { createPublisher, type PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { leadEvent } from './malformed-leads.ts';
import type { SecuredRoom } from './secured-room.ts';
import { until } from './until.ts';

/** Stands in leads, good and bad ones: nothing that is logged may have it. */
export const MARKED_LEAD = 'marked-lead-value-7c1f';

/** A damaged event and one without a lead id come with the first leads. */
export const BAD_LEADS = 2;

/** The configuration of an environment that has to be right. */
export function configOf(env: Readonly<Record<string, string>>): SetupConfig {
  const result = readSetupConfig({ ...env });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

/** Publishes leads by number, [from, to), whose job is the marked text, as the command line's user. */
export async function publishMarkedLeads(room: SecuredRoom, from: number, to: number): Promise<void> {
  const registry = createRegistryClient(toRegistryAccess(configOf(room.envOf('cli'))));
  const subject = `${room.prefix}lead-created-value`;
  const writer = await createAvroWriter<object>(registry, subject, contractSchema('lead-created'));
  const events = Array.from({ length: to - from }, (_, i) => ({ ...leadEvent(from + i), job: MARKED_LEAD }));
  const nameless = { ...leadEvent(1), event_id: MARKED_LEAD, lead_id: '', job: MARKED_LEAD };
  const bad = from === 0 ? [Buffer.from(MARKED_LEAD), writer.encode(nameless)] : [];
  const values = [...events.map((event) => writer.encode(event)), ...bad];
  const records = values.map((value, i) => ({ key: Buffer.from(`lead-${from + i}`), value }));
  await publishAs(room, 'cli', 'lead-created', records);
}

/** Publishes as a user who may lack the right to. */
export async function publishAs(
  room: SecuredRoom,
  user: string,
  topic: string,
  records: readonly PublishedRecord[] = [{ key: Buffer.from('k'), value: Buffer.from('v') }],
): Promise<void> {
  const publisher = createPublisher(asClient(room.accessOf(user), 'test'), () => {});
  await publisher.connect();
  try {
    await publisher.publish(room.prefix + topic, records);
  } finally {
    await publisher.close();
  }
}

/** Waits until ClickHouse has a score of each lead by production, and one by the shadow. */
export async function untilScored(room: SecuredRoom, leads: number): Promise<void> {
  const database = createDatabase(toClickHouseSettings(configOf(room.envOf('drift'))));
  const areThere = async (): Promise<boolean> => {
    const counts = await database.query<{ n: number }>('SELECT count() AS n FROM scores GROUP BY role');
    return counts.filter(({ n }) => n === leads).length === 2;
  };
  try {
    await until(areThere, 90_000, `there were no ${leads} scores of each role`);
  } finally {
    await database.close();
  }
}
