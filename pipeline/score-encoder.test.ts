import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { writerFor } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { AvroBytes } from '@scoreline/runtime/avro/avro-bytes.ts';
import { unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScoreEncoder, type Verdict } from './score-encoder.ts';

const SCHEMA_ID = 77;
const byAvsc = writerFor<LeadScored>(SCHEMA_ID, contractSchema('lead-scored'));
const encoderFor = createScoreEncoder(SCHEMA_ID);

/** Whole characters of one to four bytes, and texts longer than what is written character by character. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constant('ü'.repeat(40_000)),
);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
/** The longs that avsc takes. */
const LONGEST = Number.MAX_SAFE_INTEGER - 1;
const anyLong = fc.maxSafeInteger().filter((value) => Math.abs(value) <= LONGEST);
const long = fc.oneof(anyLong, fc.integer(), fc.integer({ min: -70, max: 70 }));
const number = fc.oneof(fc.double(), fc.integer().map(Number));
const int = fc.oneof(fc.integer(), fc.integer({ min: 0, max: 20 }));

const sameForAll = fc.record({
  model: text,
  model_version: text,
  role: fc.constantFrom('production' as const, 'canary' as const, 'shadow' as const, 'backtest' as const),
  run_id: maybe(text),
  experiment_id: maybe(text),
  scored_at: long,
  inference_us: maybe(int),
  source: fc.record({ topic: text, partition: fc.nat() }),
});
const verdict = fc.record({
  score: number,
  band: text,
  inputs: fc.array(fc.oneof(number, text, fc.constant(null)), { maxLength: 30 }),
  bins: fc.array(int, { maxLength: 80 }),
});
const lead = fc.record({
  record: fc.record({ offset: anyLong.map(Math.abs), timestamp: long }),
  identity: fc.record({
    eventId: maybe(text),
    entityId: text,
    groupId: maybe(text),
    eventTimeMs: maybe(long),
  }),
  fallback: maybe(fc.record({ version: text, code: text })),
});

/** The lead's inputs between those of others. */
function inTable({ inputs, ...found }: Pick<LeadScored, 'score' | 'band' | 'inputs' | 'bins'>): Verdict {
  return { ...found, inputs: ['before', ...inputs, 7], firstInput: 1, inputsWritten: inputs.length };
}

test('the bytes are those that avsc makes of the contract, the key is the lead id', () => {
  const scores = fc.array(fc.tuple(lead, verdict), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sameForAll, scores, (same, scored) => {
      const { source, ...scorer } = same;
      const out = new AvroBytes();
      const encode = encoderFor(out, same);
      const lengths = scored.flatMap(([of, found]) => {
        const begins = out.length;
        const keyBytes = encode(of, inTable(found));
        return [keyBytes, out.length - begins - keyBytes];
      });
      const encoded = unpackRecords({
        bytes: out.take(),
        lengths: Int32Array.from(lengths),
        headers: new Map(),
      });
      for (const [index, [{ identity, record, fallback }, found]] of scored.entries()) {
        const expected: LeadScored = {
          event_id: identity.eventId ?? `${source.topic}-${source.partition}-${record.offset}`,
          lead_id: identity.entityId,
          group_id: identity.groupId,
          ...scorer,
          fallback_from: fallback?.version ?? null,
          fallback_code: fallback?.code ?? null,
          ...found,
          reasons: [],
          event_time: identity.eventTimeMs ?? record.timestamp,
          source: { ...source, offset: record.offset, timestamp: record.timestamp },
        };
        expect(encoded[index]?.value?.equals(byAvsc.encode(expected))).toBe(true);
        expect(encoded[index]?.key?.toString()).toBe(identity.entityId.toWellFormed());
      }
    }),
  );
});

test('what is no whole number is not written as one', () => {
  const same = {
    model: 'm',
    model_version: '1',
    role: 'production' as const,
    run_id: null,
    experiment_id: null,
    scored_at: 1,
    inference_us: null,
    source: { topic: 't', partition: 0 },
  };
  const of = {
    record: { offset: 0, timestamp: 1.5 },
    identity: { eventId: null, entityId: 'l', groupId: null, eventTimeMs: null },
    fallback: null,
  };
  expect(() =>
    encoderFor(new AvroBytes(), same)(of, inTable({ score: 0, band: 'A', inputs: [], bins: [] })),
  ).toThrow('1.5 is no long');
});
