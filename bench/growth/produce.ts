import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher, type PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import type { BenchContext } from '../context.ts';

/** Sent to a partition at once, at most: of the longest records, ten megabytes. */
const MAX_RUN = 500;

export interface LeadSource {
  readonly schema: string;
  /** Without ids; they come again and again. */
  readonly contents: readonly LeadEvent[];
  readonly partitions: number;
  /** So many leads one after another go to a partition, the next ones to the next. */
  readonly run: number;
}

/** Runs of leads such that partitions get as many each, about. */
export function runOf(leads: number, partitions: number): number {
  return Math.ceil(leads / (partitions * Math.ceil(leads / (partitions * MAX_RUN))));
}

/** Encodes the leads numbered `from` to below `to`. */
export type LeadEncoder = (from: number, to: number) => readonly PublishedRecord[];

/** An encoder of leads with key and id `lead-<number>`; registers their schema. */
export async function createLeadEncoder(
  { env, prefix }: BenchContext,
  { schema, contents, partitions, run }: LeadSource,
): Promise<LeadEncoder> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const writer = await createAvroWriter<LeadEvent>(registry, `${prefix}lead-created-value`, schema);
  return (from, to) =>
    Array.from({ length: to - from }, (_, i) => {
      const number = from + i;
      const id = `lead-${number}`;
      const ids = { lead_id: id, event_id: `event-${number}`, created_at: Date.now() };
      return {
        key: Buffer.from(id),
        value: writer.encode({ ...contents[number % contents.length], ...ids }),
        partition: Math.floor(number / run) % partitions,
      };
    });
}

/** Publishes the leads numbered 0 to below `count`; the bytes of their values. */
export async function produceLeads(
  { env, prefix }: BenchContext,
  encode: LeadEncoder,
  count: number,
): Promise<number> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  let bytes = 0;
  for (let from = 0; from < count; from += MAX_RUN) {
    const leads = encode(from, Math.min(count, from + MAX_RUN));
    for (const { value } of leads) bytes += value?.length ?? 0;
    await publisher.publish(`${prefix}lead-created`, leads);
  }
  await publisher.close();
  return bytes;
}
