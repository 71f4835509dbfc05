import { join } from 'node:path';
import { planReplay } from '@scoreline/cli/replay/plan.ts';
import { createRowReader } from '@scoreline/cli/replay/read-row.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';

const DATA = join(import.meta.dirname, '../data/bank');

/** Contacts of the bank's history. */
export const CONTACTS = 41_188;

/**
 * The bank's contacts as encoded lead events, `count` of them: past the file's end they begin again, so a key
 * (lead_id) is unique within the first {@link CONTACTS}.
 */
export async function encodeLeads(
  count: number,
  { registry, topicPrefix }: { readonly registry: RegistryClient; readonly topicPrefix: string },
): Promise<readonly PublishedRecord[]> {
  const plan = await planReplay({
    file: join(DATA, 'bank-additional-full.csv.gz'),
    mapFile: join(DATA, 'replay.json'),
    topicPrefix,
    withOutcomes: false,
    registry,
  });
  const readRow = createRowReader(plan);
  const records: PublishedRecord[] = [];
  for await (const row of plan.file.rows) {
    if (records.length >= count) break;
    const read = readRow(row);
    if (read.ok) records.push(read.lead);
  }
  plan.file.close();
  const distinct = records.length;
  while (records.length < count) {
    const again = records[records.length % distinct];
    if (again !== undefined) records.push(again);
  }
  return records;
}
