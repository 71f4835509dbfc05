import { describe, expect, test } from 'vitest';
import type { CheckResult, Evaluation } from './evaluation.ts';
import { nextAction } from './next-action.ts';
import type { RolloutCommand } from './command.ts';
import {
  AB_PLAN,
  CANARY,
  DAY_MS,
  given,
  of,
  REGISTRY as registry,
  registryWith,
  start,
} from './testing/rollout-room.ts';

const check = (
  state: CheckResult['state'],
  onFailure: CheckResult['onFailure'] = 'roll_back',
): CheckResult => ({
  name: 'error_rate',
  treatment: CANARY,
  onFailure,
  state,
  value: 0.03,
  limit: 0.02,
  sample: 300,
  detail: '9 of 300 leads',
});
const saying = (...checks: CheckResult[]): Evaluation => ({ atMs: 0, checks });
const GOOD = saying(check('success'));
const next = (
  commands: readonly RolloutCommand[],
  evaluation: Evaluation | null,
  nowMs: number,
  facts = registry,
) => nextAction(given(...commands).latest!, facts, evaluation, nowMs);

describe('a step', () => {
  test('goes on until its time is over, however good it looks', () => {
    expect(next([start()], GOOD, DAY_MS - 1)).toEqual({
      do: 'wait',
      because: 'the step has time to run',
      next: '50 % of the leads',
      atMs: DAY_MS,
    });
    expect(next([start()], GOOD, DAY_MS)).toMatchObject({ do: 'advance' });
  });

  test('never ends while something is inconclusive, or was not measured at all', () => {
    for (const evaluation of [saying(check('success'), check('inconclusive')), null])
      expect(next([start()], evaluation, DAY_MS)).toMatchObject({ do: 'wait' });
  });

  test('pauses for a person where it stays inconclusive past the patience', () => {
    expect(next([start()], saying(check('inconclusive')), 2 * DAY_MS)).toMatchObject({
      do: 'pause',
      because: expect.stringContaining('inconclusive for too long'),
    });
  });

  test('that a person lets go on is waited for as long again', () => {
    const paused = given(start(), of('pause')).latest!;
    const late = { ...paused, status: 'running', ranMs: 3 * DAY_MS, runningSinceMs: 0 } as const;
    const look = (patientFromRanMs: number, nowMs: number) =>
      nextAction({ ...late, patientFromRanMs }, registry, saying(check('inconclusive')), nowMs);
    expect(look(0, 1)).toMatchObject({ do: 'pause' });
    expect(look(3 * DAY_MS, DAY_MS - 1)).toMatchObject({ do: 'wait' });
    expect(look(3 * DAY_MS, DAY_MS)).toMatchObject({ do: 'pause' });
  });

  test('is not held up by what is only advisory', () => {
    expect(next([start()], saying(check('success'), check('advisory')), DAY_MS)).toMatchObject({
      do: 'advance',
    });
  });

  test('the last one is followed by all leads, then by Production', () => {
    expect(next([start(), of('advance')], GOOD, 3 * DAY_MS)).toMatchObject({ do: 'promote' });
    expect(next([start(), of('promote')], GOOD, 1)).toMatchObject({ do: 'wait', next: 'Production' });
    expect(next([start(), of('promote')], GOOD, DAY_MS)).toMatchObject({
      do: 'promote_in_registry',
      ref: CANARY,
    });
  });
});

describe('a failure', () => {
  test('of a guardrail rolls back at once: in a step, in a pause, on the way to Production', () => {
    const bad = saying(check('success'), check('failure'));
    for (const before of [[], [of('pause')], [of('promote')]])
      expect(next([start(), ...before], bad, 1)).toMatchObject({
        do: 'roll_back',
        because: `error_rate of ${CANARY}: 9 of 300 leads`,
      });
  });

  test('of a signal no longer pauses where a person has seen it and let it go on', () => {
    const odd = saying(check('success'), check('failure', 'pause'));
    const evidence = JSON.stringify(odd);
    const resumed = [start(), { ...of('pause'), evidence }, of('resume')];
    expect(next(resumed, odd, 3 * 3_600_000)).toMatchObject({ do: 'wait' });
    expect(next(resumed, odd, 2 * DAY_MS)).toMatchObject({ do: 'advance' });
    expect(next([...resumed, of('advance')], odd, 5 * 3_600_000)).toMatchObject({ do: 'pause' });
    const promoted = [start(), { ...of('promote'), evidence }];
    expect(next(promoted, odd, DAY_MS)).toMatchObject({ do: 'promote_in_registry' });
    expect(next(resumed, saying(check('failure')), 1)).toMatchObject({ do: 'roll_back' });
  });

  test('of a signal that nobody has seen pauses also after a resume', () => {
    const odd = saying(check('success'), check('failure', 'pause'));
    expect(next([start(), of('pause'), of('resume')], odd, DAY_MS)).toMatchObject({ do: 'pause' });
  });

  test('of a signal pauses, once', () => {
    const odd = saying(check('failure', 'pause'));
    expect(next([start()], odd, 1)).toMatchObject({ do: 'pause' });
    expect(next([start(), of('pause')], odd, 1)).toMatchObject({ do: 'wait', atMs: null });
  });
});

describe('what it stands on', () => {
  test('its version in Production completes it', () => {
    const facts = registryWith({ production: CANARY, revision: 8 });
    expect(next([start(), of('promote')], null, 0, facts)).toMatchObject({
      do: 'complete',
      registryRevision: 8,
    });
  });

  test('another version in Production aborts it', () => {
    const facts = registryWith({ production: 'bank-leads@2.0.0' });
    expect(next([start()], GOOD, 0, facts)).toMatchObject({ do: 'abort' });
  });

  test('a version that was rejected or archived aborts it', () => {
    expect(next([start()], GOOD, 0, registryWith({}, [CANARY, 'rejected', 6]))).toMatchObject({
      do: 'abort',
    });
  });
});

test('an A/B test keeps its shares until a person stops it, unless a guardrail does', () => {
  expect(next([start(AB_PLAN)], GOOD, 99 * DAY_MS)).toMatchObject({ do: 'wait', atMs: null });
  expect(next([start(AB_PLAN)], saying(check('failure')), 1)).toMatchObject({ do: 'roll_back' });
});

test('nothing is to be done about what has ended', () => {
  expect(next([start(), of('abort')], saying(check('failure')), 1)).toMatchObject({
    do: 'wait',
    next: 'nothing',
  });
});
