import { evaluateExperiment } from '@scoreline/core/experiment/experiment-report.ts';
import { openRolloutRoom } from '@scoreline/runtime/rollouts/testing/rollout-room.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createRolloutRoutes } from './rollout-routes.ts';

const ID = 'tiny-1.1.0-20240101-000000';
const AB = 'tiny-1.1.0-ab-20240101-000000';
const anna = { actor: 'anna', reason: 'because' };

const room = await openRolloutRoom();
const server = createApiHttp({
  telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  routes: [createRolloutRoutes(room.service)],
});

beforeAll(async () => {
  await room.addVersion('1.0.0', 'production');
  await room.addVersion('1.1.0', 'approved');
  await room.addVersion('1.2.0', 'staging');
});

afterAll(() => Promise.all([server.close(), room.close()]));

async function post(url: string, payload: object = anna): Promise<{ status: number; body: unknown }> {
  const answer = await server.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const answer = await server.inject(url);
  return { status: answer.statusCode, body: answer.json() };
}

test('before the first there is nothing, and that is an answer', async () => {
  expect(await get('/rollouts')).toEqual({ status: 200, body: { revision: 0, rollouts: [] } });
  expect(await get('/rollouts/active')).toMatchObject({
    status: 404,
    body: { error: { code: 'rollout.none' } },
  });
});

test.each([
  ['a version without an approval', '/rollouts', { version: 'tiny@1.2.0', ...anna }, 409, 'approval.missing'],
  ['a version that nobody pushed', '/rollouts', { version: 'tiny@9.0.0', ...anna }, 404, 'version.unknown'],
  ['no reason', '/rollouts', { version: 'tiny@1.1.0', actor: 'anna' }, 400, 'request.malformed'],
  [
    'a share above all leads',
    '/rollouts',
    { version: 'tiny@1.1.0', steps: [{ share: 2, duration: 'P1D' }], ...anna },
    400,
    'request.malformed',
  ],
  [
    'a duration that is none',
    '/rollouts',
    { version: 'tiny@1.1.0', steps: [{ share: 0.1, duration: 'soon' }], ...anna },
    422,
    'event.invalid',
  ],
  [
    'arms that are more than all leads',
    '/experiments',
    {
      arms: [
        { version: 'tiny@1.1.0', share: 0.6 },
        { version: 'tiny@1.2.0', share: 0.6 },
      ],
      ...anna,
    },
    422,
    'event.invalid',
  ],
  ['a pause of nothing', '/rollouts/active/pause', anna, 404, 'rollout.none'],
  ['an abort of what nobody started', '/rollouts/nope/abort', anna, 404, 'rollout.unknown'],
])('%s is refused by code', async (_what, url, body, status, code) => {
  expect(await post(url, body)).toMatchObject({ status, body: { error: { code } } });
});

test('a canary from start to abort, and how it stands in between', async () => {
  const steps = [{ share: 0.25, duration: 'PT6H' }];
  expect(await post('/rollouts', { version: 'tiny@1.1.0', steps, ...anna })).toMatchObject({
    status: 200,
    body: { changed: true, revision: 1, rollout: { id: ID, status: 'running', share: 0.25 } },
  });
  expect(await get('/rollouts/active')).toMatchObject({
    status: 200,
    body: {
      summary: expect.stringContaining(`${ID} is running: 25 % of the leads to tiny@1.1.0, step 1 of 1`),
      revision: 1,
      traffic: [
        { ref: 'tiny@1.0.0', share: 0.75 },
        { ref: 'tiny@1.1.0', share: 0.25 },
      ],
      step: { index: 0, of: 1, duration_ms: 21_600_000 },
      next: { action: 'wait', at: '2024-01-01T06:00:00.000Z' },
      controller: { state: 'present', instances: 1 },
    },
  });
  expect(await post('/rollouts', { version: 'tiny@1.1.0', ...anna })).toMatchObject({
    status: 409,
    body: { error: { code: 'rollout.active' } },
  });
  expect(await post(`/rollouts/${ID}/pause`, { ...anna, expected_revision: 7 })).toMatchObject({
    status: 409,
    body: { error: { code: 'conflict' } },
  });
  expect(await post('/rollouts/active/pause')).toMatchObject({ body: { rollout: { status: 'paused' } } });
  expect(await post(`/rollouts/${ID}/abort`)).toMatchObject({
    body: { rollout: { status: 'aborted', share: 0 } },
  });
  expect(await post(`/rollouts/${ID}/abort`)).toMatchObject({ status: 200, body: { changed: false } });
  expect(await post(`/rollouts/${ID}/resume`)).toMatchObject({
    status: 409,
    body: { error: { code: 'rollout.ended' } },
  });
  expect(await get(`/rollouts/${ID}`)).toMatchObject({ status: 200, body: { verdict: null, checks: [] } });
});

test('an A/B test, its report and its end', async () => {
  expect((await get(`/experiments/${ID}/report`)).status).toBe(409);
  const arms = [{ version: 'tiny@1.1.0', share: 0.5 }];
  expect(await post('/experiments', { arms, ...anna })).toMatchObject({
    status: 200,
    body: { rollout: { id: AB } },
  });
  const arm = { model: 'tiny', share: 0.5, exposed: 900, leads: 800, revenue: null, failures: 0 };
  room.setReport(async () =>
    evaluateExperiment(
      [
        { ...arm, version: '1.0.0', isControl: true, conversions: 80 },
        { ...arm, version: '1.1.0', isControl: false, conversions: 82 },
      ],
      { minimumEffect: 0.1, plannedLeadsPerArm: 1_000, startedAtMs: 0, leadsPerDay: 100 },
    ),
  );
  expect(await get('/experiments/active/report')).toMatchObject({
    status: 200,
    body: {
      rollout: { id: AB },
      report: { verdict: { kind: 'no_difference_yet' }, sample_ratio: { is_mismatch: false } },
    },
  });
  expect((await post(`/rollouts/${AB}/promote`)).status).toBe(409);
  expect(await post(`/experiments/${AB}/stop`)).toMatchObject({ body: { rollout: { status: 'aborted' } } });
  expect(await get('/rollouts')).toMatchObject({
    body: { rollouts: [{ id: ID }, { id: AB, is_active: false }] },
  });
});

test('OpenAPI describes each route', async () => {
  const { paths } = (await server.inject('/openapi.json')).json();
  expect(
    Object.keys(paths)
      .filter((path) => /rollouts|experiments/.test(path))
      .sort(),
  ).toEqual([
    '/experiments',
    '/experiments/{id}/report',
    '/experiments/{id}/stop',
    '/rollouts',
    '/rollouts/{id}',
    '/rollouts/{id}/abort',
    '/rollouts/{id}/pause',
    '/rollouts/{id}/promote',
    '/rollouts/{id}/resume',
  ]);
});
