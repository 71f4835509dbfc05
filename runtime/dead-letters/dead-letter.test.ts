import { describe, expect, it } from 'vitest';
import { toDeadLetterOf } from './dead-letter.ts';
import { isMeant, type LetterFilter } from './letter-filter.ts';

const HEADERS = {
  'dlq.error.code': 'feature.wrong_type',
  'dlq.error.message': 'age is a text',
  'dlq.source.topic': 'lead-created',
  'dlq.source.partition': '3',
  'dlq.source.offset': '1042',
  'dlq.schema.id': '7',
  'dlq.failed_at': '2026-01-02T03:04:05.000Z',
  'dlq.role': 'production',
  'dlq.model': 'bank-leads@1.0.0',
  traceparent: Buffer.from('00-1-2-01'),
};

function letterOf(headers: Readonly<Record<string, Buffer | string | undefined>>) {
  return toDeadLetterOf(3, { offset: 9, timestamp: 0, key: null, value: Buffer.from('x'), headers });
}

describe('toDeadLetterOf', () => {
  it('reads what happened from the headers and keeps the rest', () => {
    expect(letterOf(HEADERS)).toEqual({
      partition: 3,
      offset: 9,
      code: 'feature.wrong_type',
      message: 'age is a text',
      source: { topic: 'lead-created', partition: 3, offset: 1042 },
      schemaId: 7,
      failedAt: '2026-01-02T03:04:05.000Z',
      role: 'production',
      model: 'bank-leads@1.0.0',
      omittedBytes: null,
      key: null,
      value: Buffer.from('x'),
      headers: { traceparent: Buffer.from('00-1-2-01') },
    });
  });

  it('tells a record without a schema, and one whose value was left out', () => {
    expect(letterOf({ ...HEADERS, 'dlq.schema.id': '', 'dlq.omitted.bytes': '2000000' })).toMatchObject({
      schemaId: null,
      omittedBytes: 2_000_000,
    });
  });

  it('reads what somebody else has written to the topic', () => {
    expect(letterOf({})).toMatchObject({
      code: 'unknown',
      source: { topic: '', partition: -1, offset: -1 },
      failedAt: '1970-01-01T00:00:00.000Z',
    });
  });

  it('is found by whoever asks for all, whatever stands where its time should', () => {
    const letter = letterOf({ 'dlq.failed_at': 'yesterday' });
    expect(isMeant(letter, 'open', { state: 'any' })).toBe(true);
    const beyondDates = { offset: 9, timestamp: 9e18, key: null, value: null, headers: {} };
    expect(toDeadLetterOf(3, beyondDates).failedAt).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('isMeant', () => {
  const letter = letterOf(HEADERS);
  const failedAtMs = Date.parse('2026-01-02T03:04:05.000Z');
  const cases: readonly (readonly [what: string, filter: Partial<LetterFilter>, meant: boolean])[] = [
    ['any', {}, true],
    ['its id', { ids: new Set(['3/9']) }, true],
    ['another id', { ids: new Set(['9/3']) }, false],
    ['its code', { codes: new Set(['schema.unknown', 'feature.wrong_type']) }, true],
    ['another code', { codes: new Set(['schema.unknown']) }, false],
    ['its version', { model: 'bank-leads@1.0.0' }, true],
    ['another version', { model: 'bank-leads@1.1.0' }, false],
    ['another role', { role: 'shadow' }, false],
    ['another schema', { schemaId: 8 }, false],
    ['from its time', { fromMs: failedAtMs }, true],
    ['to its time', { toMs: failedAtMs }, false],
    ['its state', { state: 'open' }, true],
    ['another state', { state: 'dropped' }, false],
  ];
  it.each(cases)('by %s', (_, filter, meant) => {
    expect(isMeant(letter, 'open', { state: 'any', ...filter })).toBe(meant);
  });
});
