import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { activeRollout, NO_ROLLOUTS, stepRanMs } from './state.ts';
import { AB_PLAN, CANARY_PLAN, complete, DAY_MS, eventOf, given, of, start } from './testing/rollout-room.ts';

const HOUR_MS = 3_600_000;
const context = { nowMs: 0, eventId: 'e' };
const refused = (...args: Parameters<typeof decide>) => {
  const decision = decide(...args);
  return decision.ok ? undefined : decision.code;
};

describe('a canary', () => {
  test('begins with its first share and rises step by step', () => {
    expect(given(start()).latest).toMatchObject({
      status: 'running',
      step: 0,
      share: 0.1,
      runningSinceMs: 0,
    });
    expect(given(start(), of('advance')).latest).toMatchObject({
      status: 'running',
      step: 1,
      share: 0.5,
      shareSinceMs: HOUR_MS,
    });
  });

  test('is promoted after its last step, or before by a person, and completes', () => {
    expect(refused(given(start(), of('advance')), of('advance'), context)).toBe('step.illegal');
    expect(given(start(), of('promote')).latest).toMatchObject({ status: 'promoting', share: 1 });
    const completed = given(start(), of('promote'), complete(7)).latest;
    expect(completed).toMatchObject({ status: 'completed', share: 0, registryRevision: 7 });
  });

  test('stands still in a pause: its share stays, its time does not run', () => {
    const paused = given(start(), of('pause')).latest!;
    expect(paused).toMatchObject({ status: 'paused', share: 0.1, ranMs: HOUR_MS });
    expect(stepRanMs(paused, 100 * HOUR_MS)).toBe(HOUR_MS);
    const resumed = given(start(), of('pause'), of('resume')).latest!;
    expect(stepRanMs(resumed, 5 * HOUR_MS)).toBe(4 * HOUR_MS);
  });

  test('goes on to Production where it stood still on the way there', () => {
    const state = given(start(), of('promote'), of('pause'), of('resume'));
    expect(state.latest).toMatchObject({ status: 'promoting', share: 1 });
    const whole = { ...CANARY_PLAN, steps: [{ share: 1, duration_ms: DAY_MS }] };
    expect(given(start(whole), of('promote'), of('pause'), of('resume')).latest?.status).toBe('promoting');
  });

  test.each(['roll_back', 'abort'] as const)('%s ends it, whatever it does', (end) => {
    for (const before of [[], [of('advance')], [of('pause')], [of('promote')]]) {
      const state = given(start(), ...before, of(end));
      expect(state.latest).toMatchObject({ share: 0, runningSinceMs: null });
      expect(activeRollout(state)).toBeNull();
      expect(refused(state, of('resume'), context)).toBe('rollout.ended');
    }
  });

  test('keeps who decided what, when and why', () => {
    const { decisions } = given(start(), of('pause')).latest!;
    expect(decisions).toMatchObject([
      { type: 'started', actor: 'anna', reason: 'because', share: 0.1, revision: 1 },
      { type: 'paused', atMs: HOUR_MS, revision: 2 },
    ]);
  });
});

describe('a decision', () => {
  test('is refused while another rollout is active, and with an id that was used', () => {
    expect(refused(given(start()), { ...start(), rolloutId: 'r2' }, context)).toBe('rollout.active');
    expect(refused(given(start(), of('abort')), start(), context)).toBe('event.invalid');
  });

  test('at another revision than the one that was looked at is refused, and so is one that was overtaken', () => {
    expect(refused(given(start()), { ...of('pause'), expectedRevision: 0 }, context)).toBe('conflict');
    const state = given(start());
    const late = eventOf(state, of('advance'));
    const rolledBack = evolve(state, eventOf(state, of('roll_back'))).state;
    expect(evolve(rolledBack, late)).toMatchObject({ accepted: false, code: 'conflict' });
  });

  test('that changes nothing is no event', () => {
    expect(decide(given(start(), of('pause')), of('pause'), context)).toMatchObject({
      ok: true,
      event: null,
    });
  });

  test('about a rollout that is not there is refused', () => {
    expect(refused(NO_ROLLOUTS, of('abort'), context)).toBe('rollout.unknown');
  });

  test('to promote an A/B test is refused: its winner is promoted', () => {
    expect(refused(given(start(AB_PLAN)), of('promote'), context)).toBe('step.illegal');
  });

  test('of a type that is not known here, or of nobody, changes nothing', () => {
    const state = given(start());
    const event = eventOf(state, of('pause'));
    expect(evolve(state, { ...event, type: 'unknown' })).toMatchObject({ accepted: false, state });
    expect(evolve(state, { ...event, actor: ' ' })).toMatchObject({ accepted: false, state });
    expect(evolve(state, { ...event, decided_at: 1e18 })).toMatchObject({ accepted: false, state });
  });
});

test.each([
  ['no treatment', { treatments: [] }, 'no version to try'],
  ['control among the treatments', { control: { model: 'bank-leads', version: '1.1.0' } }, 'named twice'],
  ['a share of two', { treatments: [{ model: 'm', version: '1.0.0', share: 2 }] }, 'not in (0, 1]'],
  ['steps that fall', { steps: [...CANARY_PLAN.steps].reverse() }, 'do not rise'],
  ['no step', { steps: [] }, 'no step'],
  ['a step of NaN', { steps: [{ share: NaN, duration_ms: DAY_MS }] }, 'not in (0, 1]'],
  ['an unknown check', { checks: [{ name: 'mood', limit: 1, on_failure: 'pause' }] }, 'mood is no check'],
  ['a version that is none', { control: { model: 'Bank', version: '1' } }, 'no <name>@<version>'],
  ['a sample of none', { minimum_sample: 0 }, 'minimum_sample'],
  [
    'two models’ versions of one number',
    { treatments: [{ model: 'other', version: '1.0.0', share: 1 }] },
    'the same number',
  ],
  [
    'nothing left to the control',
    { ...AB_PLAN, treatments: [{ model: 'bank-leads', version: '1.1.0', share: 1 }] },
    'no lead is left',
  ],
  ['an A/B test in steps', { kind: 'ab_test' }, 'one step, of share 1'],
] as const)('a plan with %s is refused by name', (_case, change, message) => {
  const decision = decide(NO_ROLLOUTS, start({ ...CANARY_PLAN, ...change }), context);
  expect(decision).toMatchObject({
    ok: false,
    code: 'event.invalid',
    message: expect.stringContaining(message),
  });
});
