import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { toRecords } from './kafkajs-records.ts';

function message(offset: number, headers?: KafkaMessage['headers']): KafkaMessage {
  const value = Buffer.from(`value ${offset}`);
  return {
    key: null,
    value,
    timestamp: '1700000000123',
    attributes: 0,
    offset: String(offset),
    headers: headers ?? {},
  };
}

describe('toRecords', () => {
  it('begins at the position, whatever was fetched before it', () => {
    expect(toRecords([message(7), message(8), message(10)], 8)).toMatchObject([
      { offset: 8, timestamp: 1_700_000_000_123, key: null, value: Buffer.from('value 8') },
      { offset: 10 },
    ]);
  });

  it('takes the last of a header that occurs several times', () => {
    const [record] = toRecords([message(0, { trace: [Buffer.from('first'), Buffer.from('last')] })], 0);
    expect(record?.headers).toEqual({ trace: Buffer.from('last') });
  });

  it('takes headers by any name, __proto__ and length among them', () => {
    // As kafkajs gives them: what its object has by birth comes before the record's own.
    const headers = Object.fromEntries([
      ['__proto__', [{}, Buffer.from('a')]],
      ['length', Buffer.from('b')],
    ]) as KafkaMessage['headers'];
    const [record] = toRecords([message(0, headers)], 0);
    expect(Object.entries(record?.headers ?? {})).toEqual([
      ['__proto__', Buffer.from('a')],
      ['length', Buffer.from('b')],
    ]);
  });

  it('leaves out a header without a value', () => {
    const headers = JSON.parse('{"trace":null}') as KafkaMessage['headers'];
    expect(toRecords([message(0, headers)], 0)[0]?.headers).toEqual({});
  });

  it('gives records without headers an empty set of them', () => {
    expect(toRecords([message(0)], 0)[0]?.headers).toEqual({});
  });
});
