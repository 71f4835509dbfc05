import { describe, expect, test } from 'vitest';
import { checkErrorRate } from './check-error-rate.ts';
import { checkLatency, type InferenceTimes } from './check-latency.ts';
import { checkSampleRatio } from './check-sample-ratio.ts';
import { checkScoreDrift } from './check-score-drift.ts';
import { checkShadowDisagreement } from './check-shadow-disagreement.ts';
import { type CheckRequest, formatSpan } from './request.ts';

const ask = (limit: number): CheckRequest => ({
  treatment: 'bank-leads@1.1.0',
  limit,
  onFailure: 'roll_back',
  minimumSample: 200,
  windowMs: 3_600_000,
});

test.each([
  [0, 0, 'inconclusive', 'no lead came to it in the last 1 h'],
  [8, 10, 'failure', '8 of its 10 leads (80 %) had to be scored by production, 2 % is the limit'],
  [1, 1, 'inconclusive', '200 leads are wanted'],
  [2, 2, 'inconclusive', ''],
  [3, 3, 'failure', ''],
  [6, 200, 'inconclusive', '(3 %)'],
  [30, 1_000, 'inconclusive', '(3 %)'],
  [60, 1_000, 'failure', '(6 %)'],
  [4, 200, 'success', '(2 %)'],
  [0, 199, 'inconclusive', '200 leads are wanted'],
  [0, 200, 'success', '(0 %)'],
])('error rate: %d of %d leads failed: %s', (failed, leads, state, detail) => {
  const result = checkErrorRate(ask(0.02), { leads, failed, threw: 0, unavailable: 0 });
  expect(result).toMatchObject({ name: 'error_rate', state, sample: leads, limit: 0.02 });
  expect(result.detail).toContain(detail);
});

test('an inference that throws once is one too many: in Production it would stop the scorer', () => {
  const result = checkErrorRate(ask(0.02), { leads: 1_000, failed: 1, threw: 1, unavailable: 0 });
  expect(result).toMatchObject({ state: 'failure', value: 0.001 });
  expect(result.detail).toContain('its inference threw at 1 of them');
});

test('leads that came before it was in memory are no failures of its, and nothing is known of them', () => {
  const check = (unavailable: number) =>
    checkErrorRate(ask(0.02), { leads: 1_000, failed: 0, threw: 0, unavailable });
  expect(check(20).state).toBe('success');
  expect(check(100)).toMatchObject({ state: 'inconclusive', value: 0 });
});

describe('latency', () => {
  /** Leads in batches of ten; a tenth of them take `tail`. */
  const times = (leads: number, tail: number): InferenceTimes => ({
    times: [
      { value: 5, count: 0.9 * leads },
      { value: tail, count: 0.1 * leads },
    ].filter(({ count }) => count > 0),
    squaredBatches: 10 * leads,
  });

  test.each([
    ['slower by far', 5_000, 6_000, 5_000, 2_000, 'failure', 2],
    ['slower, of few batches', 200, 6_000, 5_000, 2_000, 'inconclusive', 2],
    ['slower, beside few batches', 5_000, 6_000, 100, 2_000, 'inconclusive', 2],
    ['a third slower', 5_000, 4_000, 5_000, 3_000, 'success', 4_000 / 3_000 - 1],
    ['ten times slower and still fast', 5_000, 900, 5_000, 90, 'success', 9],
    ['good, of few leads', 100, 900, 5_000, 900, 'inconclusive', 0],
    ['fast with nothing beside it', 5_000, 900, 0, 0, 'success', null],
    ['slow with nothing beside it', 5_000, 9_000, 0, 0, 'inconclusive', null],
  ])('%s', (_, leads, own, controlLeads, beside, state, value) => {
    const sides = { treatment: times(leads, own), control: times(controlLeads, beside) };
    const result = checkLatency(ask(0.5), sides);
    expect(result).toMatchObject({ name: 'latency', state, sample: leads });
    expect(result.value).toBe(value);
  });

  test('without times it says so', () => {
    const sides = { treatment: times(0, 0), control: times(5_000, 90) };
    expect(checkLatency(ask(0.5), sides)).toMatchObject({ state: 'inconclusive', value: null });
  });
});

test.each([
  ['alike', [100, 100, 100], [900, 910, 890], 'success', ''],
  ['far apart', [280, 10, 10], [900, 900, 900], 'failure', 'PSI'],
  ['far apart by chance, perhaps', [9, 0, 1], [900, 900, 900], 'inconclusive', '200 leads are wanted'],
  ['none of its own', [0, 0, 0], [900, 900, 900], 'inconclusive', 'no lead'],
  ['no shadow', [100, 100, 100], [0, 0, 0], 'inconclusive', 'keep the version in Staging'],
])('score drift: %s', (_, canary, shadow, state, detail) => {
  const result = checkScoreDrift(ask(0.2), { canary, shadow });
  expect(result).toMatchObject({ name: 'score_drift', state });
  expect(result.detail).toContain(detail);
});

test.each([
  [0, 0, 0, 'inconclusive', 'no lead'],
  [500, 0, 0, 'inconclusive', 'none of its 500 scores has a shadow score'],
  [500, 400, 0, 'success', '0 of 400 scores (0 %)'],
  [500, 100, 0, 'inconclusive', '200 leads are wanted'],
  [500, 400, 1, 'inconclusive', '(0.25 %)'],
  [500, 400, 6, 'failure', '(1.5 %)'],
])(
  'shadow disagreement: of %d scores %d pairs, %d different: %s',
  (scored, pairs, different, state, detail) => {
    const result = checkShadowDisagreement(ask(0.001), { scored, pairs, different });
    expect(result).toMatchObject({ name: 'shadow_disagreement', state, sample: pairs });
    expect(result.detail).toContain(detail);
  },
);

test.each([
  ['as planned', 1_010, 10_000, 0.1, 'success', ''],
  ['a third too few', 670, 10_000, 0.1, 'failure', ''],
  ['as planned so far', 11, 100, 0.1, 'inconclusive', '200 leads are wanted'],
  ['silent', 0, 250, 0.1, 'failure', 'it is silent'],
  ['silent by chance, perhaps', 0, 250, 0.01, 'inconclusive', ''],
  ['none yet', 0, 0, 0.1, 'inconclusive', 'no lead came since the share is what it is'],
  ['all of all', 1_000, 1_000, 1, 'success', ''],
  ['one short of all', 999, 1_000, 1, 'success', ''],
  ['many short of all', 980, 1_000, 1, 'failure', ''],
])('sample ratio: %s', (_, treatment, all, planned, state, detail) => {
  const result = checkSampleRatio(ask(0.001), { treatment, all, planned });
  expect(result).toMatchObject({ name: 'sample_ratio', state, sample: all });
  expect(result.detail).toContain(detail);
});

test.each([
  [45_000, '45 s'],
  [90_000, '1.5 min'],
  [7_200_000, '2 h'],
  [30 * 86_400_000, '30 days'],
])('%d ms is %s', (ms, text) => expect(formatSpan(ms)).toBe(text));
