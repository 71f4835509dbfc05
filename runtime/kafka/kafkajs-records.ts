import type { KafkaMessage } from 'kafkajs';
import type { FetchedRecord } from './record.ts';

/** kafkajs's messages from `position` on, which are records of ours (see fixes/record-batches.ts). */
export function toRecords(messages: readonly KafkaMessage[], position: number): readonly FetchedRecord[] {
  const records = messages as readonly unknown[] as readonly FetchedRecord[];
  const first = records.findIndex(({ offset }) => offset >= position);
  if (first === -1) return [];
  return first === 0 ? records : records.slice(first);
}
