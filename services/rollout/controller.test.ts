import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import type { CheckState, Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import { CANARY, CANARY_PLAN, CONTROL, DAY_MS } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { EMPTY_REGISTRY, type Stage, type VersionState } from '@scoreline/core/registry/state.ts';
import { createMemoryTopic } from '@scoreline/runtime/decision-log/testing/memory-log.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { createRolloutCommands, createRolloutProjection } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { describe, expect, test } from 'vitest';
import { type ControllerDeps, createController, type Promotion } from './controller.ts';

const HOUR_MS = 3_600_000;

/** A controller with its log in memory and a clock that the test moves. */
async function openRoom(topic = createMemoryTopic<RolloutEvent>()) {
  const world = {
    nowMs: 0,
    state: 'success' as CheckState,
    production: CONTROL as typeof CONTROL | typeof CANARY,
    promotion: { ok: true } as Promotion,
    isLeader: true,
    measured: 0,
    duringPromotion: () => Promise.resolve(),
  };
  const rollouts = createRolloutProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
  await rollouts.start(() => {});
  let ids = 0;
  const commands = createRolloutCommands({
    projection: rollouts,
    appender: topic.appender,
    nowMs: () => world.nowMs,
    newEventId: () => `e${world.nowMs}-${(ids += 1)}`,
  });
  const evaluate = (nowMs: number): Evaluation => ({
    atMs: nowMs,
    checks: [
      {
        name: 'error_rate',
        treatment: CANARY,
        onFailure: 'roll_back',
        state: world.state,
        value: 0,
        limit: 0.02,
        sample: 1,
        detail: world.state,
      },
    ],
  });
  const deps: ControllerDeps = {
    rollouts,
    commands,
    registry: {
      state: () => ({
        ...EMPTY_REGISTRY,
        revision: world.production === CANARY ? 6 : 5,
        production: world.production,
        versions: new Map([
          [CONTROL, versionIn('production')],
          [CANARY, versionIn('staging')],
        ]),
      }),
      untilCaughtUp: () => Promise.resolve(),
    },
    async promote() {
      if (world.promotion.ok) world.production = CANARY;
      await world.duringPromotion();
      return world.promotion;
    },
    takeBack() {
      world.production = CONTROL;
      return Promise.resolve({ ok: true });
    },
    measure(_rollout, nowMs) {
      world.measured += 1;
      return Promise.resolve(evaluate(nowMs));
    },
    record: () => Promise.reject(new Error('ClickHouse is away')),
    isLeader: () => world.isLeader,
    nowMs: () => world.nowMs,
    events: {
      led: () => {},
      evaluated: () => {},
      looked: () => {},
      taskFailed: () => {},
      joined: () => {},
      batchFailed: () => {},
      consumerCrashed: () => {},
      clientLog: () => {},
    },
  };
  const look = createController(deps);
  const start = () =>
    commands.execute({ type: 'start', rolloutId: 'r1', actor: 'anna', reason: 'go', plan: CANARY_PLAN });
  const runUntil = async (endMs: number, everyMs = HOUR_MS): Promise<void> => {
    for (; world.nowMs <= endMs; world.nowMs += everyMs) while ((await look()) === 'more');
  };
  return { world, rollouts, commands, start, look, runUntil, topic, latest: () => rollouts.state().latest! };
}

function versionIn(stage: Stage): VersionState {
  return {
    ref: CANARY,
    model: 'bank-leads',
    version: '1.1.0',
    stage,
    artifact: { uri: 'x', manifest_sha256: 'a' },
    approvals: [],
    stageRevision: 1,
    stageSinceMs: 0,
    decisions: [],
  };
}

const pathOf = (room: Awaited<ReturnType<typeof openRoom>>) =>
  room.latest().decisions.map(({ type, atMs }) => [type, atMs / DAY_MS]);

describe('weeks in seconds', () => {
  test('a healthy canary walks to Production in three days', async () => {
    const room = await openRoom();
    await room.start();
    await room.runUntil(21 * DAY_MS);
    expect(pathOf(room)).toEqual([
      ['started', 0],
      ['advanced', 1],
      ['promoting', 3],
      // One more look, an hour later.
      ['completed', 3 + 1 / 24],
    ]);
    expect(room.latest()).toMatchObject({ status: 'completed', registryRevision: 6 });
  });

  test('one that fails in its second step comes back at the next look', async () => {
    const room = await openRoom();
    await room.start();
    await room.runUntil(1.5 * DAY_MS);
    room.world.state = 'failure';
    await room.runUntil(21 * DAY_MS);
    expect(pathOf(room).at(-1)?.[0]).toBe('rolled_back');
    expect(pathOf(room).at(-1)?.[1]).toBeLessThan(1.6);
    expect(JSON.parse(room.latest().decisions.at(-1)?.evidence ?? '')).toMatchObject({
      checks: [{ state: 'failure' }],
    });
  });

  test('a thin one pauses for a person a day after its step should have ended', async () => {
    const room = await openRoom();
    await room.start();
    room.world.state = 'inconclusive';
    await room.runUntil(21 * DAY_MS);
    expect(pathOf(room)).toEqual([
      ['started', 0],
      ['paused', 2],
    ]);
  });
});

test('a promotion that is refused pauses it, one that can not be asked is asked again', async () => {
  const room = await openRoom();
  await room.start();
  room.world.promotion = { ok: false, retry: true, message: 'brokers away' };
  await room.runUntil(4 * DAY_MS);
  expect(room.latest().status).toBe('promoting');
  room.world.promotion = { ok: false, retry: false, message: 'field age is gone from the leads' };
  await room.runUntil(5 * DAY_MS);
  expect(room.latest()).toMatchObject({ status: 'paused', share: 1 });
  expect(room.latest().decisions.at(-1)?.reason).toContain('field age is gone');
});

test('what a person ends while its version comes to Production is taken back', async () => {
  const room = await openRoom();
  await room.start();
  room.world.duringPromotion = async () => {
    await room.commands.execute({ type: 'abort', rolloutId: 'r1', actor: 'bruno', reason: 'stop' });
  };
  await room.runUntil(5 * DAY_MS);
  expect(room.latest().status).toBe('aborted');
  expect(room.world.production).toBe(CONTROL);
});

test('what is measured is measured once an interval, and anew at each share', async () => {
  const room = await openRoom();
  await room.start();
  await room.runUntil(10 * 60_000, 60_000);
  expect(room.world.measured).toBe(1);
  await room.runUntil(DAY_MS + HOUR_MS);
  const before = room.world.measured;
  expect(room.latest().step).toBe(1);
  expect(before).toBe(26);
});

test('an instance that does not lead decides nothing', async () => {
  const room = await openRoom();
  await room.start();
  room.world.isLeader = false;
  await room.runUntil(21 * DAY_MS);
  expect(pathOf(room)).toEqual([['started', 0]]);
});

test('killed at any moment and started again, or two at once, it comes to the same', async () => {
  const first = await openRoom();
  await first.start();
  for (let day = 0; day < 5; day += 0.25) {
    const restarted = await openRoom(first.topic);
    first.world.nowMs = restarted.world.nowMs = day * DAY_MS;
    restarted.world.production = first.world.production;
    await Promise.all([first.look(), restarted.look()]);
    if (restarted.world.production === CANARY) first.world.production = CANARY;
  }
  expect(pathOf(first).map(([type]) => type)).toEqual(['started', 'advanced', 'promoting', 'completed']);
});
