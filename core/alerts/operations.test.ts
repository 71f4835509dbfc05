import { describe, expect, it } from 'vitest';
import type { OperationalWindow } from '../operations/operational-window.ts';
import { completePolicy, type CompletePolicy } from '../policy/defaults.ts';
import { evaluateOperations } from './operations.ts';
import { defaultPolicy, hour, runWindows } from './testing/given.ts';

const MINUTE_MS = 60_000;
const HEALTHY: OperationalWindow = {
  count: 1_000,
  scored: 1_000,
  deadLetterCodes: {},
  fallbacks: 0,
  aheadOfRecord: 0,
  latencyP95Ms: 40,
  lastScoreAtMs: 0,
  lastLeadAtMs: 0,
  leadsWaiting: 1,
  usual: null,
  costPerThousand: null,
  costedScores: 0,
  lengthMs: MINUTE_MS,
  nowMs: 1_000,
};
const NOTHING = { count: 0, scored: 0, latencyP95Ms: null };
const ALWAYS = { weeks: 6, weeksWithLeads: 6, meanLeads: 80, chanceOfNone: 1e-30 };
const LATE = 15 * MINUTE_MS + 1;

function policyWith(given: Parameters<typeof completePolicy>[0]): CompletePolicy {
  const outcome = completePolicy(given);
  if (!outcome.ok) throw new Error(outcome.problems.join('; '));
  return outcome.policy;
}

const evaluate = (window: Partial<OperationalWindow>, policy = defaultPolicy()) =>
  evaluateOperations({ ...HEALTHY, ...window }, policy);
const verdicts = (window: Partial<OperationalWindow>, policy = defaultPolicy()) =>
  Object.fromEntries(
    evaluate(window, policy).map(({ subject, level, verdict }) => [
      subject,
      verdict === 'drifted' ? level : verdict,
    ]),
  );

describe('evaluateOperations', () => {
  it.each<[string, Partial<OperationalWindow>, Record<string, string>]>([
    [
      'health',
      {},
      {
        latency_ms: 'ok',
        dead_letters: 'ok',
        model_failures: 'ok',
        scores: 'ok',
        scorer: 'ok',
        event_time: 'ok',
      },
    ],
    ['a p95 on its limit', { latencyP95Ms: 200 }, { latency_ms: 'ok' }],
    ['a slow minute', { latencyP95Ms: 201 }, { latency_ms: 'warning' }],
    ['a very slow minute', { latencyP95Ms: 501 }, { latency_ms: 'critical' }],
    [
      'dead letters',
      { deadLetterCodes: { 'value.malformed': 11 } },
      { dead_letters: 'warning', model_failures: 'ok' },
    ],
    [
      'leads that the model fails on',
      { deadLetterCodes: { 'model.not_finite': 11 } },
      { dead_letters: 'warning', model_failures: 'warning' },
    ],
    ['leads that a rollout fails on', { fallbacks: 60 }, { dead_letters: 'ok', model_failures: 'critical' }],
    [
      'nothing but dead letters',
      { ...NOTHING, deadLetterCodes: { 'value.malformed': 60 } },
      { latency_ms: 'insufficient_data', dead_letters: 'critical' },
    ],
    [
      'few events',
      { count: 40, scored: 40, deadLetterCodes: { 'value.malformed': 9 } },
      { latency_ms: 'insufficient_data', dead_letters: 'insufficient_data' },
    ],
    ['silence', { ...NOTHING, nowMs: LATE }, { scores: 'critical', latency_ms: 'insufficient_data' }],
    [
      'silence while no leads come',
      { ...NOTHING, nowMs: LATE, leadsWaiting: 0 },
      { scores: 'insufficient_data', leads: 'insufficient_data' },
    ],
    [
      'no leads when there always were some: the CRM, not the scorer',
      { ...NOTHING, nowMs: LATE, leadsWaiting: 0, usual: ALWAYS },
      { scores: 'insufficient_data', leads: 'warning' },
    ],
    [
      'none for an hour',
      { ...NOTHING, nowMs: 61 * MINUTE_MS, leadsWaiting: 0, usual: ALWAYS },
      { leads: 'critical' },
    ],
    [
      'no scores while leads wait: the scorer, not the CRM',
      { ...NOTHING, nowMs: LATE, leadsWaiting: 5, usual: ALWAYS },
      { scores: 'critical', leads: 'insufficient_data' },
    ],
    [
      'no leads at an hour that had none before',
      { ...NOTHING, nowMs: LATE, leadsWaiting: 0, usual: { ...ALWAYS, weeksWithLeads: 5 } },
      { leads: 'insufficient_data' },
    ],
    [
      'a canary that has all leads',
      { ...NOTHING, scored: 1_000, nowMs: LATE, leadsWaiting: 5 },
      { scores: 'insufficient_data' },
    ],
    ['a few scores with no lead left', { leadsWaiting: 0 }, { scores: 'ok', leads: 'ok' }],
    [
      'the first scores of a version in the minute of a switch',
      { count: 10, deadLetterCodes: { 'value.malformed': 5 } },
      { dead_letters: 'ok' },
    ],
    [
      'never a score',
      { ...NOTHING, lastScoreAtMs: null, lastLeadAtMs: null, nowMs: 60 * MINUTE_MS },
      { scores: 'insufficient_data', leads: 'insufficient_data' },
    ],
    ['a clock that went back', { nowMs: -5 }, { scores: 'ok' }],
    ['two minutes of work', { leadsWaiting: 2_000 }, { scorer: 'warning' }],
    ['what is scored in half a second', { leadsWaiting: 10 }, { scorer: 'ok' }],
    ['a thousand leads and none read', { ...NOTHING, leadsWaiting: 1_000 }, { scorer: 'critical' }],
    ['markers of a transactional producer', { ...NOTHING, leadsWaiting: 6 }, { scorer: 'ok' }],
    ['nothing known of what was read', { leadsWaiting: null }, { scorer: 'insufficient_data' }],
    ['a clock that runs ahead', { aheadOfRecord: 20 }, { event_time: 'warning' }],
  ])('%s', (_, window, expected) => {
    expect(verdicts(window)).toMatchObject(expected);
  });

  it('the strict profile calls 1 % critical', () => {
    const window = { deadLetterCodes: { 'value.malformed': 11 } };
    expect(verdicts(window, policyWith({ profile: 'strict' }))).toMatchObject({ dead_letters: 'critical' });
  });

  it('tells the dead letters by code, the most frequent first', () => {
    const codes = { 'feature.wrong_type': 2, 'value.malformed': 9, 'schema.unknown': 2, 'value.empty': 1 };
    const dead = evaluate({ deadLetterCodes: codes }).find(({ subject }) => subject === 'dead_letters');
    expect(dead?.detail).toBe(
      '14 dead letters among 1014 events: 9 value.malformed, 2 feature.wrong_type, 2 schema.unknown',
    );
  });

  it('cost alarms where the policy has a limit for it, on a thousand scores and more', () => {
    const price = { cpu_hour: 0.04, memory_gib_hour: 0.005, currency: 'EUR' };
    const limited = policyWith({ cost: { ...price, per_thousand_scores: { warning: 0.01, critical: 0.1 } } });
    const dear = { costPerThousand: 0.02, costedScores: 5_000 };
    expect(verdicts(dear, limited)).toMatchObject({ cost_per_thousand_scores: 'warning' });
    expect(verdicts({ ...dear, costedScores: 999 }, limited)).toMatchObject({
      cost_per_thousand_scores: 'insufficient_data',
    });
    expect(verdicts(dear, policyWith({ cost: price }))).not.toHaveProperty('cost_per_thousand_scores');
    expect(verdicts(dear)).not.toHaveProperty('cost_per_thousand_scores');
  });

  it('an outage fires once and resolves once scores come again', () => {
    const { changes } = runWindows(
      Array.from({ length: 40 }, (_, minute) => {
        const silent = minute >= 5 && minute < 30;
        const results = evaluate({
          ...(silent ? NOTHING : {}),
          lastScoreAtMs: (silent ? 5 : minute + 1) * MINUTE_MS,
          lastLeadAtMs: (silent ? 5 : minute + 1) * MINUTE_MS,
          nowMs: (minute + 1) * MINUTE_MS,
        });
        return hour(minute, results, { clock: 'wall', size: 'PT1M' });
      }),
    );
    expect(changes.map(({ kind, result }) => `${kind} ${result.subject}`)).toEqual([
      'fired scores',
      'resolved scores',
    ]);
  });
});
