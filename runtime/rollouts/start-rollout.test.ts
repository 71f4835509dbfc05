import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('against what is in Production, by the policy of its package, under an id that people can read', async () => {
  await room.addVersion('1.0.0', 'production');
  const policy = { rollout: { steps: [{ share: 0.2, duration: 'PT6H' }], minimum_sample: 50 } };
  await room.addVersion('1.1.0', 'approved', policy);
  expect(await room.service.start(canary, anna)).toMatchObject({
    ok: true,
    changed: true,
    message: `${ID} has started: 20 % of the leads to ${NEW}; next: scoreline rollout status`,
    rollout: {
      id: ID,
      status: 'running',
      share: 0.2,
      plan: {
        control: { model: 'tiny', version: '1.0.0' },
        steps: [{ share: 0.2, duration_ms: 6 * HOUR_MS }],
        minimum_sample: 50,
      },
      decisions: [{ type: 'started', ...anna }],
    },
  });
});

test('by steps of its own, where they are given', async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  const steps = [{ share: 0.01, duration: 'PT1H' }];
  expect(await room.service.start({ ...canary, steps }, anna)).toMatchObject({
    rollout: { plan: { steps: [{ share: 0.01, duration_ms: HOUR_MS }] } },
  });
});

test.each([
  ['the duration of a step is none', [{ share: 0.1, duration: '1 day' }], 'event.invalid', 'ISO 8601'],
  ['a step lasts a calendar month', [{ share: 0.1, duration: 'P1M' }], 'event.invalid', 'ISO 8601'],
  [
    'the steps fall',
    [
      { share: 0.5, duration: 'P1D' },
      { share: 0.1, duration: 'P1D' },
    ],
    'event.invalid',
    'the steps do not rise',
  ],
])('is refused where %s', async (_what, steps, code, message) => {
  await room.addVersion('1.0.0', 'production');
  expect(await room.service.start({ ...canary, steps }, anna)).toMatchObject({
    ok: false,
    code,
    message: expect.stringContaining(message),
  });
});

test('needs something in Production to compare with', async () => {
  expect(await room.service.start(canary, anna)).toMatchObject({ ok: false, code: 'production.missing' });
});

test('needs a version that is known, staged and approved, each refusal with the next command', async () => {
  await room.addVersion('1.0.0', 'production');
  expect(await room.service.start(canary, anna)).toMatchObject({ ok: false, code: 'version.unknown' });
  await room.addVersion('1.1.0', 'staging');
  expect(await room.service.start(canary, anna)).toMatchObject({
    ok: false,
    code: 'approval.missing',
    message: expect.stringContaining('scoreline model approve tiny@1.1.0'),
  });
  const archive = { type: 'archive', ref: NEW, ...anna } as const;
  await room.models.lifecycle.execute(archive);
  expect(await room.service.start(canary, anna)).toMatchObject({
    ok: false,
    code: 'stage.illegal',
    message: expect.stringContaining('scoreline model stage'),
  });
  expect(await room.service.start({ ...canary, version: 'tiny@1.0.0' }, anna)).toMatchObject({ ok: false });
  expect((await room.service.state()).revision).toBe(0);
});

test('where the policy lets the gate approve, it is asked, and its approval stands on record', async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'staging', { approval: 'automatic' });
  expect(await room.service.start(canary, anna)).toMatchObject({
    ok: false,
    code: 'approval.missing',
    message: expect.stringContaining('no shadow yet'),
  });
  room.models.setGate({ known: true, passes: true, evidence: '{}', summary: 'all pass' });
  expect(await room.service.start(canary, anna)).toMatchObject({ ok: true });
  expect(room.models.projection.state().versions.get(NEW)?.approvals).toMatchObject([{ actor: 'policy' }]);
});

test('a version whose fields the leads have no longer gets none', async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  const leads = { type: 'record', name: 'Lead', fields: [{ name: 'lead_id', type: 'string' }] };
  room.models.setLeadSchema(JSON.stringify(leads));
  const outcome = await room.service.start(canary, anna);
  expect(outcome).toMatchObject({ ok: false, code: 'contract.broken' });
  expect(outcome.ok ? [] : outcome.problems.length).toBeGreaterThan(0);
});

test('one at a time; the next one has another id in the same second', async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  await room.service.start(canary, anna);
  expect(await room.service.start(canary, anna)).toMatchObject({ ok: false, code: 'rollout.active' });
  await room.service.decide('abort', null, anna);
  expect(await room.service.start(canary, anna)).toMatchObject({ ok: true, rollout: { id: `${ID}-2` } });
});

test('at another revision than was looked at it is refused', async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  expect(await room.service.start(canary, { ...anna, expectedRevision: 3 })).toMatchObject({
    code: 'conflict',
  });
});

test('without a controller it starts, and says that nothing advances', async () => {
  room.setController({ state: 'absent' });
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  const outcome = await room.service.start(canary, anna);
  expect(outcome.ok && outcome.warnings.at(-1)).toMatch(/^NO CONTROLLER IS RUNNING/);
});
