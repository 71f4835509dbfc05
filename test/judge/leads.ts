import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient, type RegistryAccess } from '@scoreline/runtime/avro/registry.ts';
import type { JudgedRecord } from './read-committed.ts';

/** A lead event as the judge remembers it. */
export interface Lead {
  /** Undefined where it has none, or can't be read. */
  readonly eventId: string | undefined;
  readonly timestamp: number;
  /** Who wrote a dead letter of it: `<role>/<model>@<version>`. */
  readonly givenUpBy: Set<string>;
}

/** The leads of a topic by their place. */
export type Leads = ReadonlyMap<string, Lead>;

/** A place on the lead topic, as scores and dead letters name it. */
export function placeOf(partition: number | string | undefined, offset: number | string | undefined): string {
  return `${partition}@${offset}`;
}

/** Notes what is on the lead topic; `eventIdField` is the events' field with their ids. */
export async function rememberLeads(
  records: readonly JudgedRecord[],
  schemaRegistry: RegistryAccess,
  eventIdField: string,
): Promise<Leads> {
  const avro = createAvroReader<Record<string, unknown>>(createRegistryClient(schemaRegistry));
  await avro.prepare(records.map(({ value }) => value));
  const leads = new Map<string, Lead>();
  for (const { partition, offset, timestamp, value } of records) {
    const decoded = avro.decode(value);
    const id = decoded.ok ? decoded.value[eventIdField] : undefined;
    const eventId = typeof id === 'string' ? id : undefined;
    leads.set(placeOf(partition, offset), { eventId, timestamp, givenUpBy: new Set() });
  }
  return leads;
}

/** Notes who gave which lead up; how many dead letters are of no lead, or the second one by the same scorer. */
export function matchDeadLetters(records: readonly JudgedRecord[], leads: Leads, leadTopic: string): number {
  let unmatched = 0;
  for (const { headers, partition } of records) {
    const lead = leads.get(placeOf(headers['dlq.source.partition'], headers['dlq.source.offset']));
    const scorer = `${headers['dlq.role']}/${headers['dlq.model']}`;
    const isInPlace =
      headers['dlq.source.topic'] === leadTopic && headers['dlq.source.partition'] === String(partition);
    if (lead === undefined || !isInPlace || lead.givenUpBy.has(scorer)) unmatched += 1;
    lead?.givenUpBy.add(scorer);
  }
  return unmatched;
}

/** Lead events whose id an earlier one has too. */
export function countRepeatedIds(leads: Leads): number {
  const ids = [...leads.values()].map(({ eventId }) => eventId).filter((id) => id !== undefined);
  return ids.length - new Set(ids).size;
}
