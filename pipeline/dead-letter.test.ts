import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import { describe, expect, it } from 'vitest';
import { toDeadLetter } from './dead-letter.ts';

const TOPIC_BYTES = 1_114_124;
const source = { topic: 'lead-created', partition: 4 };
const scorer = { role: 'shadow', model: 'bank-leads', version: '1.1.0' } as const;
const reason = { code: 'value.malformed', message: 'cut short', schemaId: 7 } as const;

function recordOf(changes: Partial<KafkaRecord>): KafkaRecord {
  return {
    offset: 42,
    timestamp: 0,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: {},
    ...changes,
  };
}

describe('toDeadLetter', () => {
  it('keeps headers by any name, __proto__ and length among them', () => {
    const own = [
      ['__proto__', Buffer.from('a')],
      ['length', Buffer.from('b')],
    ] as const;
    const record = recordOf({ headers: Object.fromEntries(own) });
    const { headers } = toDeadLetter({ ...reason, record }, source, 0, scorer, TOPIC_BYTES);
    expect(Object.entries(headers ?? {}).slice(0, 2)).toEqual(own);
  });

  it('keeps key, value and headers as they came and adds the reason and the place', () => {
    const record = recordOf({ headers: { crm: Buffer.from([0, 255]), empty: undefined } });
    expect(toDeadLetter({ ...reason, record }, source, Date.UTC(2024, 0, 1), scorer, TOPIC_BYTES)).toEqual({
      key: record.key,
      value: record.value,
      headers: {
        crm: Buffer.from([0, 255]),
        'dlq.error.code': 'value.malformed',
        'dlq.error.message': 'cut short',
        'dlq.source.topic': 'lead-created',
        'dlq.source.partition': '4',
        'dlq.source.offset': '42',
        'dlq.schema.id': '7',
        'dlq.failed_at': '2024-01-01T00:00:00.000Z',
        'dlq.role': 'shadow',
        'dlq.model': 'bank-leads@1.1.0',
      },
    });
  });

  it('replaces the reason of an earlier failure, of a dead letter that was sent again', () => {
    const record = recordOf({ headers: { 'dlq.error.code': 'schema.unknown', 'dlq.schema.id': '1' } });
    const { schemaId: _, ...withoutSchema } = reason;
    expect(toDeadLetter({ ...withoutSchema, record }, source, 0, scorer, TOPIC_BYTES).headers).toMatchObject({
      'dlq.error.code': 'value.malformed',
      'dlq.schema.id': '',
    });
  });

  it('keeps a tombstone a tombstone', () => {
    expect(
      toDeadLetter({ ...reason, record: recordOf({ value: null }) }, source, 0, scorer, TOPIC_BYTES).value,
    ).toBeNull();
  });

  it('keeps whatever the topic takes', () => {
    const value = Buffer.alloc(1_048_000);
    expect(
      toDeadLetter({ ...reason, record: recordOf({ value }) }, source, 0, scorer, TOPIC_BYTES).value,
    ).toBe(value);
  });

  it('keeps no more than this topic takes', () => {
    const letterOf = (bytes: number) =>
      toDeadLetter(
        { ...reason, record: recordOf({ value: Buffer.alloc(bytes) }) },
        source,
        0,
        scorer,
        20_000,
      );
    expect(letterOf(15_000).value).toHaveLength(15_000);
    expect(letterOf(19_000)).toMatchObject({ value: null, headers: { 'dlq.omitted.bytes': '19001' } });
  });

  it.each([
    ['value', { value: Buffer.alloc(5_000_000) }, Buffer.from('k')],
    ['headers', { headers: { large: Buffer.alloc(5_000_000) } }, Buffer.from('k')],
    ['key', { key: Buffer.alloc(5_000_000) }, null],
  ])('leaves behind what no topic takes, and says so: a %s of 5 MB', (_what, changes, key) => {
    const letter = toDeadLetter({ ...reason, record: recordOf(changes) }, source, 0, scorer, TOPIC_BYTES);
    expect(letter).toMatchObject({ key, value: null });
    expect(Number(letter.headers?.['dlq.omitted.bytes'])).toBeGreaterThan(5_000_000 - 1);
    expect(letter.headers).not.toHaveProperty('large');
  });
});
