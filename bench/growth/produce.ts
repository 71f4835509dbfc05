import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { chunksForSend } from '@scoreline/runtime/kafka/send-chunks.ts';
import type { KafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
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
export type LeadEncoder = (from: number, to: number) => readonly EncodedLead[];

/** A record of lead-created. */
export interface EncodedLead {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly partition: number;
}

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

/** Leads that wait on lead-created, invisible to whoever reads committed records, until they are released all at once. */
export interface HeldLeads {
  /** Mean length of their values. */
  readonly meanBytes: number;
  release(): Promise<void>;
}

/** The most that brokers let a transaction take. */
const HELD_TIMEOUT_MS = 900_000;

/** Writes leads in one transaction that stays open. */
export async function holdLeads(
  topic: string,
  lab: KafkaLab,
  leads: { readonly encode: LeadEncoder; readonly from: number; readonly to: number },
): Promise<HeldLeads> {
  const { encode, from, to } = leads;
  const producer = await lab.openTransactions(`${topic}.bench`, HELD_TIMEOUT_MS);
  const transaction = await producer.begin();
  let bytes = 0;
  for (let at = from; at < to; at += MAX_RUN) {
    const some = encode(at, Math.min(to, at + MAX_RUN));
    for (const { value } of some) bytes += value.length;
    for (const [partition, records] of Map.groupBy(some, (lead) => lead.partition))
      for (const chunk of chunksForSend(records)) await transaction.write(topic, partition, chunk);
  }
  return { meanBytes: bytes / (to - from), release: () => transaction.commit() };
}
