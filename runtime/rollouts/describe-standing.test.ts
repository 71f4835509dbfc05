import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import type { NextAction } from '@scoreline/core/rollout/next-action.ts';
import { makePlan } from '@scoreline/core/rollout/make-plan.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { expect, test } from 'vitest';
import { describeStanding } from './describe-standing.ts';
import type { RolloutStanding } from './standing.ts';
import { formatSpan } from './words.ts';

const BEGIN_MS = Date.UTC(2026, 10, 21, 14, 30);
const HOUR_MS = 3_600_000;
const policy = completePolicy({});
const planned = (request: Parameters<typeof makePlan>[0]): RolloutPlan => {
  if (!policy.ok) throw new Error('policy');
  return makePlan(request, policy.policy);
};
const canary = planned({ kind: 'canary', control: 'tiny@1.0.0', version: 'tiny@1.1.0' });
const test2 = planned({
  kind: 'ab_test',
  control: 'tiny@1.0.0',
  treatments: [
    { ref: 'tiny@1.1.0', share: 0.25 },
    { ref: 'tiny@1.2.0', share: 0.125 },
  ],
});

function standing(rollout: Partial<Rollout>, next: NextAction, more: Partial<RolloutStanding> = {}) {
  const whole: Rollout = {
    id: 'r1',
    plan: canary,
    status: 'running',
    step: 0,
    share: 0.1,
    shareSinceMs: BEGIN_MS,
    ranMs: 0,
    runningSinceMs: BEGIN_MS,
    patientFromRanMs: 0,
    waived: [],
    pausedFrom: 'running',
    startedAtRegistryRevision: null,
    startedAtMs: BEGIN_MS,
    endedAtMs: null,
    registryRevision: null,
    decisions: [],
    ...rollout,
  };
  return {
    atMs: BEGIN_MS + 3 * HOUR_MS + 720_000,
    revision: 1,
    rollout: whole,
    traffic: [],
    evaluation: null,
    next,
    controller: { state: 'present', instances: 1 },
    ...more,
  } satisfies RolloutStanding;
}

const wait = (next: string, atMs: number | null): NextAction => ({ do: 'wait', because: 'why', next, atMs });
const rollBack: NextAction = { do: 'roll_back', because: 'error_rate of tiny@1.1.0: 40 %' };

test.each([
  [
    'running',
    standing({}, wait('50 % of the leads', BEGIN_MS + 24 * HOUR_MS)),
    'r1 is running: 10 % of the leads to tiny@1.1.0, step 1 of 2, 3 h 12 min of 1 d; next: 50 % of the leads (at the earliest 2026-11-22 14:30 UTC, in 20 h 48 min)',
  ],
  [
    'past its time, without a verdict',
    standing({ ranMs: 30 * HOUR_MS, step: 1, share: 0.5 }, wait('it pauses', BEGIN_MS + 60 * HOUR_MS), {
      atMs: BEGIN_MS + 24 * HOUR_MS,
    }),
    'r1 is running: 50 % of the leads to tiny@1.1.0, step 2 of 2, 2 d 6 h of 2 d; next: it pauses (at the latest 2026-11-24 02:30 UTC, in 1 d 12 h)',
  ],
  [
    'paused',
    standing({ status: 'paused', runningSinceMs: null, ranMs: HOUR_MS }, wait('a person resumes it', null)),
    'r1 is paused: 10 % of the leads to tiny@1.1.0, step 1 of 2, 1 h of 1 d; next: a person resumes it',
  ],
  [
    'about to be rolled back',
    standing({}, rollBack),
    'r1 is running: 10 % of the leads to tiny@1.1.0, step 1 of 2, 3 h 12 min of 1 d; next: the controller is to roll it back to tiny@1.0.0 within 30 s: error_rate of tiny@1.1.0: 40 %',
  ],
  [
    'failing, and nobody there to roll it back',
    standing({}, rollBack, { controller: { state: 'absent' } }),
    'r1 is running: 10 % of the leads to tiny@1.1.0, step 1 of 2, 3 h 12 min of 1 d; next: nothing by itself, as NO CONTROLLER IS RUNNING: nothing advances, nothing is rolled back; start services/rollout (npm run rollout); one would roll it back to tiny@1.0.0 at once: error_rate of tiny@1.1.0: 40 %',
  ],
  [
    'promoting',
    standing(
      { status: 'promoting', share: 1 },
      { do: 'promote_in_registry', ref: 'tiny@1.1.0', because: 'x' },
    ),
    'r1 is promoting: 100 % of the leads to tiny@1.1.0; next: the controller is to bring it to Production within 30 s: x',
  ],
  [
    'an A/B test',
    standing({ plan: test2, share: 1 }, wait('a person reads the report', null)),
    'r1 is running as an A/B test, for 3 h 12 min: 25 % of the leads to tiny@1.1.0, 12.5 % to tiny@1.2.0; next: a person reads the report',
  ],
  [
    'rolled back, with nobody there: that needs nobody',
    standing(
      {
        status: 'rolled_back',
        share: 0,
        endedAtMs: BEGIN_MS,
        decisions: [
          {
            type: 'rolled_back',
            step: 0,
            share: 0,
            actor: 'controller',
            reason: 'latency',
            evidence: null,
            atMs: BEGIN_MS,
            revision: 2,
          },
        ],
      },
      wait('nothing', null),
      { controller: { state: 'absent' } },
    ),
    'r1 is rolled back since 2026-11-21 14:30 UTC, by controller: latency; it left every lead to tiny@1.0.0; next: nothing',
  ],
])('%s', (_what, given, line) => expect(describeStanding(given)).toBe(line));

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [61_000, '1 min 1 s'],
  [HOUR_MS, '1 h'],
  [93_784_000, '1 d 2 h'],
])('%d ms are %s', (ms, text) => expect(formatSpan(ms)).toBe(text));
