import { setTimeout as delay } from 'node:timers/promises';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import type { IsolatedEnv } from './isolated-env.ts';

/** The same leads again and again, each event under a phase that its id begins with. */
export interface LeadFlow {
  /** Leads published so far. */
  sent(): number;
  /** One event of each lead. */
  round(phase: string): Promise<void>;
  /** Events without a pause until this has resolved. */
  until<T>(phase: string, done: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CHUNK = 200;
/** Breath for the rest of the machine: about 4,000 leads a second. */
const PAUSE_MS = 50;

/** Keys are lead ids, so that a lead's events stay in order. */
export async function openLeadFlow(env: IsolatedEnv, leadIds: readonly string[]): Promise<LeadFlow> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const topic = `${env.TOPIC_PREFIX}lead-created`;
  const writer = await createAvroWriter<object>(registry, `${topic}-value`, contractSchema('lead-created'));
  const kafka = { brokers: env.KAFKA_BROKERS.split(','), clientId: 'test' };
  const publisher = createPublisher(kafka, () => {});
  await publisher.connect();
  let sent = 0;
  const publish = async (phase: string, ids: readonly string[]): Promise<void> => {
    const records = ids.map((id) => {
      sent += 1;
      const event = { event_id: `${phase}/${sent}`, lead_id: id, created_at: Date.now() };
      return { key: Buffer.from(id), value: writer.encode(event) };
    });
    await publisher.publish(topic, records);
    await delay(PAUSE_MS);
  };
  return {
    sent: () => sent,
    close: () => publisher.close(),
    async round(phase) {
      for (let from = 0; from < leadIds.length; from += CHUNK)
        await publish(phase, leadIds.slice(from, from + CHUNK));
    },
    async until(phase, done) {
      const over = new AbortController();
      const settled = done.finally(() => over.abort());
      // Awaited below; a failure meanwhile isn't unhandled.
      settled.catch(() => undefined);
      for (let from = 0; !over.signal.aborted; from = (from + CHUNK) % leadIds.length)
        await publish(phase, leadIds.slice(from, from + CHUNK));
      return settled;
    },
  };
}
