import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { expect, test } from 'vitest';
import { outcomeProblem, scoreProblem, toDeadLetterRow, toOutcomeRow, toScoreRow } from './rows.ts';

const SCORE: LeadScored = {
  event_id: 'e',
  lead_id: 'l',
  group_id: null,
  model: 'm',
  model_version: '1.0.0',
  role: 'production',
  run_id: null,
  experiment_id: null,
  fallback_from: null,
  fallback_code: null,
  score: 0.5,
  band: 'A',
  reasons: [{ feature: 'age', value: 3, contribution: 0.1 }],
  inputs: [1.5, 'red', null],
  bins: [0, 1, 4],
  event_time: 1_000,
  scored_at: 3_000,
  inference_us: null,
  source: { topic: 't', partition: 2, offset: 7, timestamp: 2_000 },
};

test('a score row has inputs by kind, each at its feature’s place, and the source flattened', () => {
  expect(toScoreRow(SCORE)).toMatchObject({
    run_id: '',
    input_numbers: [1.5, null, null],
    input_levels: [null, 'red', null],
    reasons: [{ feature: 'age', value: '3', contribution: 0.1 }],
    source_topic: 't',
    source_partition: 2,
    source_offset: 7,
    source_timestamp: 2_000,
  });
  expect(toScoreRow(SCORE)).not.toHaveProperty('source');
});

test('a score row says whom it stands in for, and that it stands in for nobody', () => {
  expect(toScoreRow(SCORE)).toMatchObject({ experiment_id: '', fallback_from: '', fallback_code: '' });
  const fallback = { experiment_id: 'r1', fallback_from: '1.1.0', fallback_code: 'model.not_finite' };
  expect(toScoreRow({ ...SCORE, ...fallback })).toMatchObject(fallback);
});

test('an outcome without an event has the empty one', () => {
  const outcome = {
    lead_id: 'l',
    event_id: null,
    converted: true,
    label: null,
    value: null,
    occurred_at: 1,
    recorded_at: 2,
  };
  expect(toOutcomeRow(outcome)).toMatchObject({ event_id: '', converted: true });
  expect(outcomeProblem(outcome)).toBeUndefined();
  expect(outcomeProblem({ ...outcome, recorded_at: 1e15 })).toBe('outcome.time_out_of_range');
  expect(outcomeProblem({ ...outcome, value: Infinity })).toBe('outcome.not_finite');
});

test.each<[Partial<LeadScored>, string]>([
  [{ event_time: 1e15 }, 'score.time_out_of_range'],
  [{ score: Number.NaN }, 'score.not_finite'],
  [{ inputs: [44, Infinity] }, 'score.not_finite'],
  [{ reasons: [{ feature: 'age', value: null, contribution: Number.NaN }] }, 'score.not_finite'],
  [{ bins: [-1] }, 'score.negative_index'],
  [{ inference_us: -5 }, 'score.negative_time'],
  [{ source: { ...SCORE.source, offset: -1 } }, 'score.negative_index'],
])('a score with %j is no row: %s', (change, problem) => {
  expect(scoreProblem(SCORE)).toBeUndefined();
  expect(scoreProblem({ ...SCORE, ...change })).toBe(problem);
});

test('a dead letter row says where from and why; foreign headers do no harm', () => {
  const record = { offset: 5, timestamp: 99, key: null, value: Buffer.from('abc') };
  const headers = {
    'dlq.error.code': 'value.malformed',
    'dlq.source.topic': 'lead-created',
    'dlq.source.partition': '1',
    'dlq.source.offset': '42',
    'dlq.schema.id': '3',
    'dlq.failed_at': '1970-01-01T00:00:01.000Z',
  };
  expect(toDeadLetterRow('dlq', 1, { ...record, headers })).toEqual({
    topic: 'dlq',
    partition: 1,
    offset: 5,
    error_code: 'value.malformed',
    error_message: '',
    source_topic: 'lead-created',
    source_partition: 1,
    source_offset: 42,
    schema_id: 3,
    role: 'production',
    model: '',
    model_version: '',
    failed_at: 1_000,
    value_bytes: 3,
  });
  expect(toDeadLetterRow('dlq', 1, { ...record, headers: { 'dlq.source.offset': '-x' } })).toMatchObject({
    error_code: 'unknown',
    source_offset: 0,
    schema_id: null,
    failed_at: 99,
  });
  const beyondColumns = { 'dlq.source.partition': '99999999999', 'dlq.failed_at': '+200000-01-01T00:00:00Z' };
  expect(toDeadLetterRow('dlq', 1, { ...record, headers: beyondColumns })).toMatchObject({
    source_partition: 0,
    failed_at: 99,
  });
  const byCandidate = { 'dlq.role': 'shadow', 'dlq.model': 'bank-leads@1.1.0' };
  expect(toDeadLetterRow('dlq', 1, { ...record, headers: byCandidate })).toMatchObject({
    role: 'shadow',
    model: 'bank-leads',
    model_version: '1.1.0',
  });
});
