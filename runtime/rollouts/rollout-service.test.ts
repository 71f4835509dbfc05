import type { CheckResult } from '@scoreline/core/rollout/evaluation.ts';
import type { RolloutCommand } from '@scoreline/core/rollout/command.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClickHouseUnavailable } from '../clickhouse/database.ts';
import type { RolloutOutcome } from './rollout-outcome.ts';
import { openRolloutRoom, type RolloutRoom } from './testing/rollout-room.ts';

const NEW = 'tiny@1.1.0';
const ID = 'tiny-1.1.0-20240101-000000';
const anna = { actor: 'anna', reason: 'because' };
const canary = { kind: 'canary', version: NEW } as const;
const HOUR_MS = 3_600_000;

let room: RolloutRoom;

beforeEach(async () => {
  room = await openRolloutRoom();
});

afterEach(() => room.close());

async function start(): Promise<RolloutOutcome> {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  return room.service.start(canary, anna);
}

async function standing() {
  const status = await room.service.status(null);
  if (!status.ok) throw new Error(status.message);
  return status.standing;
}

function check(changed: Partial<CheckResult>): CheckResult {
  return {
    name: 'error_rate',
    treatment: NEW,
    onFailure: 'roll_back',
    state: 'success',
    value: 0,
    limit: 0.02,
    sample: 500,
    detail: '0 of 500 leads',
    ...changed,
  };
}

describe('decide', () => {
  test('pause, resume, promote, abort, each of the active one and on record', async () => {
    await start();
    const statuses = [];
    for (const verb of ['pause', 'resume', 'promote', 'abort'] as const) {
      const outcome = await room.service.decide(verb, null, { ...anna, reason: verb });
      statuses.push(outcome.ok ? [outcome.rollout.status, outcome.rollout.share] : outcome.code);
    }
    expect(statuses).toEqual([
      ['paused', 0.1],
      ['running', 0.1],
      ['promoting', 1],
      ['aborted', 0],
    ]);
    const rollout = (await room.service.state()).rollouts.get(ID);
    expect(rollout?.decisions.map(({ actor, reason }) => `${actor} ${reason}`)).toEqual([
      'anna because',
      'anna pause',
      'anna resume',
      'anna promote',
      'anna abort',
    ]);
  });

  test('asked twice it changes nothing; without an active one it says which was the last', async () => {
    await start();
    await room.service.decide('abort', ID, anna);
    expect(await room.service.decide('abort', ID, anna)).toMatchObject({ ok: true, changed: false });
    expect(await room.service.decide('abort', null, anna)).toMatchObject({
      ok: false,
      code: 'rollout.none',
      message: expect.stringContaining(`${ID} is aborted`),
    });
    expect(await room.service.decide('resume', ID, anna)).toMatchObject({ ok: false, code: 'rollout.ended' });
    expect(await room.service.decide('pause', 'nope', anna)).toMatchObject({ code: 'rollout.unknown' });
  });

  test('an abort holds whatever the controller decides in the same moment; a revision that was named does too', async () => {
    await start();
    const advance: RolloutCommand = { type: 'advance', rolloutId: ID, actor: 'controller', reason: 'good' };
    interject(room, advance);
    expect(await room.service.decide('abort', ID, anna)).toMatchObject({
      ok: true,
      rollout: { status: 'aborted', step: 1 },
    });
    expect(await room.service.decide('abort', ID, { ...anna, expectedRevision: 1 })).toMatchObject({
      code: 'conflict',
    });
  });

  test('an abort is not held up by measurements nor by a controller that is away', async () => {
    await start();
    room.setController({ state: 'absent' });
    room.setChecks([check({ state: 'failure' })]);
    expect(await room.service.decide('abort', null, anna)).toMatchObject({ ok: true, warnings: [] });
  });

  test('who promotes is told what speaks against it, and that goes on record', async () => {
    await start();
    room.setChecks([check({ state: 'failure', onFailure: 'pause', value: 0.4, detail: '40 of 100 leads' })]);
    const outcome = await room.service.decide('promote', null, anna);
    expect(outcome).toMatchObject({
      ok: true,
      warnings: ['a signal fails, which no longer pauses it: error_rate of tiny@1.1.0: 40 of 100 leads'],
    });
    const { decisions, waived } = outcome.ok ? outcome.rollout : { decisions: [], waived: [] };
    expect(JSON.parse(decisions.at(-1)?.evidence ?? '')).toMatchObject({ checks: [{ value: 0.4 }] });
    expect(waived).toEqual(['error_rate tiny@1.1.0']);
  });

  test('what a guardrail fails can not be promoted', async () => {
    await start();
    room.setChecks([check({ state: 'failure', value: 0.4, detail: '40 of 100 leads' })]);
    expect(await room.service.decide('promote', null, anna)).toMatchObject({
      ok: false,
      code: 'guardrail.failing',
      message: expect.stringContaining('40 of 100 leads'),
    });
  });
});

/** Lets another process decide just before the next event of ours is written. */
function interject({ topic, commands }: RolloutRoom, command: RolloutCommand): void {
  const { append } = topic.appender;
  const appender = topic.appender as { append: typeof append };
  appender.append = async (event) => {
    appender.append = append;
    await commands.execute(command);
    return append(event);
  };
}

describe('status', () => {
  test('of a running one: shares of all leads, what is waited for, and until when', async () => {
    await start();
    room.wait(3 * HOUR_MS + 720_000);
    room.setChecks([check({})]);
    const { traffic, next } = await standing();
    expect(traffic).toEqual([
      { ref: 'tiny@1.0.0', share: 0.9 },
      { ref: NEW, share: 0.1 },
    ]);
    expect(next).toMatchObject({
      do: 'wait',
      because: 'the step has time to run',
      next: '50 % of the leads',
    });
  });

  test('whoever promotes another version by hand ends its say, and status shows it', async () => {
    await start();
    await room.addVersion('2.0.0', 'production');
    const { traffic, next } = await standing();
    expect(traffic).toEqual([{ ref: 'tiny@2.0.0', share: 1 }]);
    expect(next.do).toBe('abort');
  });

  test('of one that has ended: nothing is measured any more', async () => {
    await start();
    await room.service.decide('abort', null, anna);
    const { evaluation, traffic, next } = await standing();
    expect([evaluation, traffic, next]).toMatchObject([
      null,
      [{ ref: 'tiny@1.0.0', share: 1 }],
      { do: 'wait', next: 'nothing' },
    ]);
  });

  test('where there has never been one it says so', async () => {
    expect(await room.service.status(null)).toMatchObject({ ok: false, code: 'rollout.none' });
  });
});

describe('A/B tests', () => {
  const request = {
    kind: 'ab_test',
    arms: [
      { ref: 'tiny@1.1.0', share: 0.25 },
      { ref: 'tiny@1.2.0', share: 0.25 },
    ],
  } as const;

  test('each version needs what a canary needs; shares stay until it is stopped', async () => {
    await room.addVersion('1.0.0', 'production');
    await room.addVersion('1.1.0', 'approved');
    await room.addVersion('1.2.0', 'staging');
    expect(await room.service.start(request, anna)).toMatchObject({
      ok: false,
      message: expect.stringContaining('tiny@1.2.0'),
    });
    await room.models.lifecycle.execute({ type: 'approve', ref: 'tiny@1.2.0', ...anna });
    expect(await room.service.start(request, anna)).toMatchObject({
      ok: true,
      rollout: { id: 'tiny-1.1.0-ab-20240101-000000', share: 1 },
    });
    expect((await standing()).traffic.map(({ share }) => share)).toEqual([0.5, 0.25, 0.25]);
    expect(await room.service.stopExperiment(null, anna)).toMatchObject({ rollout: { status: 'aborted' } });
  });

  test('arms that take all leads are none: there must be something to compare with', async () => {
    await room.addVersion('1.0.0', 'production');
    const arms = [{ ref: NEW, share: 1 }] as const;
    expect(await room.service.start({ kind: 'ab_test', arms }, anna)).toMatchObject({
      code: 'event.invalid',
      message: expect.stringContaining('leave some to tiny@1.0.0'),
    });
  });

  test('a canary is none, and the refusal says what to use instead', async () => {
    expect(await room.service.report(null)).toMatchObject({ ok: false, code: 'rollout.none' });
    await start();
    expect(await room.service.report(ID)).toMatchObject({ ok: false, code: 'rollout.other_kind' });
    expect(await room.service.stopExperiment(ID, anna)).toMatchObject({
      code: 'rollout.other_kind',
      message: expect.stringContaining('scoreline rollout abort'),
    });
  });

  test('with ClickHouse away there is no report, and that is an answer', async () => {
    await room.addVersion('1.0.0', 'production');
    await room.addVersion('1.1.0', 'approved');
    await room.service.start({ kind: 'ab_test', arms: [{ ref: NEW, share: 0.5 }] }, anna);
    room.setReport(() => Promise.reject(new ClickHouseUnavailable('ClickHouse can not be used now')));
    expect(await room.service.report(null)).toMatchObject({ ok: false, code: 'unavailable' });
  });
});
