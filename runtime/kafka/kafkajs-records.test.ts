import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { toRecords } from './kafkajs-records.ts';
import { toFetchedRecord } from './record.ts';

const records = [7, 8, 10].map((offset) =>
  toFetchedRecord({ offset, timestamp: 0, key: null, value: Buffer.from(`value ${offset}`), headers: {} }),
);

test.each([
  [0, [7, 8, 10]],
  [8, [8, 10]],
  [9, [10]],
  [11, []],
])('begin at position %i, whatever was fetched before it', (position, offsets) => {
  const messages = records as readonly unknown[] as readonly KafkaMessage[];
  expect(toRecords(messages, position).map(({ offset }) => offset)).toEqual(offsets);
});
