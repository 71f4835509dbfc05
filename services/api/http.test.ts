import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { openLifecycleRoom } from '@scoreline/runtime/model-lifecycle/testing/lifecycle-room.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createJournal } from './journal.ts';
import { createRegistryRoutes } from './registry-routes.ts';

const REF = 'tiny@1.0.0';
const anna = { actor: 'anna', reason: 'because' };

const room = await openLifecycleRoom();
const server = createApiHttp({
  telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  routes: [createRegistryRoutes({ lifecycle: room.lifecycle, journal: createJournal(room.projection) })],
});
let stored: { uri: string; manifest_sha256: string };

beforeAll(async () => {
  const pkg = await writeTinyPackage();
  const put = await room.store.put(pkg.dir, { model: 'tiny', version: '1.0.0' });
  await pkg.remove();
  stored = put.ok
    ? { uri: put.stored.uri, manifest_sha256: put.stored.manifestSha256 }
    : { uri: '', manifest_sha256: '' };
});

afterAll(() => Promise.all([server.close(), room.close()]));

async function send(
  method: 'POST' | 'PUT',
  url: string,
  payload: object,
): Promise<{ status: number; body: unknown }> {
  const answer = await server.inject({ method, url, payload });
  return { status: answer.statusCode, body: answer.json() };
}

const post = (url: string, payload: object = anna) => send('POST', url, payload);

test('the whole way by HTTP: push, stage, a refused promotion, approval, Production', async () => {
  expect(await post('/models', { ...stored, ...anna })).toMatchObject({
    status: 200,
    body: { changed: true, registry: { revision: 1, versions: [{ ref: REF, stage: 'registered' }] } },
  });
  expect(await post(`/models/${REF}/stage`)).toMatchObject({ status: 200, body: { changed: true } });
  expect(await post(`/models/${REF}/promote`)).toMatchObject({
    status: 409,
    body: { error: { code: 'approval.missing' } },
  });
  await post(`/models/${REF}/approve`);
  expect(await post(`/models/${REF}/promote`)).toMatchObject({
    status: 200,
    body: { registry: { production: REF, aliases: { champion: REF } } },
  });
});

test('what is asked twice changes nothing', async () => {
  expect(await post(`/models/${REF}/promote`)).toMatchObject({ status: 200, body: { changed: false } });
});

test.each([
  ['a version that nobody registered', '/models/tiny@9.0.0/stage', anna, 404, 'version.unknown'],
  ['no reason', `/models/${REF}/reject`, { actor: 'anna' }, 400, 'request.malformed'],
  ['a field that is not known', `/models/${REF}/reject`, { ...anna, raeson: 'x' }, 400, 'request.malformed'],
  ['no reference', '/models/tiny/stage', anna, 400, 'request.malformed'],
  ['another revision than looked at', '/rollback', { ...anna, expected_revision: 1 }, 409, 'conflict'],
  ['nowhere to roll back to', '/rollback', anna, 409, 'rollback.nowhere'],
  ['an archive of what scores', `/models/${REF}/archive`, anna, 409, 'stage.illegal'],
  [
    'a package that the store has not',
    '/models',
    { uri: 'tiny/9.0.0', manifest_sha256: 'f'.repeat(64), ...anna },
    422,
    'artifact.missing',
  ],
])('%s is refused by code', async (_what, url, body, status, code) => {
  expect(await post(url, body)).toMatchObject({ status, body: { error: { code } } });
});

test('an alias is set and taken away', async () => {
  const set = await send('PUT', '/aliases/best', { ref: REF, ...anna });
  expect(set.body).toHaveProperty('registry.aliases', { champion: REF, best: REF });
  const taken = await send('PUT', '/aliases/best', { ref: null, ...anna });
  expect(taken.body).toHaveProperty('registry.aliases', { champion: REF });
  expect((await send('PUT', '/aliases/champion', { ref: REF, ...anna })).status).toBe(409);
});

test('registry, version and journal tell what was decided, and what was ignored', async () => {
  room.topic.appendGarbage();
  const registry = (await server.inject('/registry')).json();
  expect(registry).toMatchObject({ revision: 6, production: REF, previous: [] });
  const version = (await server.inject(`/models/${REF}`)).json();
  expect(version.decisions.map(({ type }: { type: string }) => type)).toEqual([
    'registered',
    'staged',
    'approved',
    'promoted',
  ]);
  const [newest, before] = (await server.inject('/events?limit=2')).json();
  expect([newest, before]).toMatchObject([
    { accepted: false, ignored: { code: 'value.malformed' }, event: null },
    { accepted: true, revision: 6, event: { type: 'aliased', model: '' } },
  ]);
  expect((await server.inject('/models/tiny@9.0.0')).statusCode).toBe(404);
});

test('OpenAPI describes each route', async () => {
  const { paths } = (await server.inject('/openapi.json')).json();
  expect(Object.keys(paths).sort()).toEqual([
    '/aliases/{alias}',
    '/events',
    '/health',
    '/live',
    '/metrics',
    '/models',
    '/models/{ref}',
    '/models/{ref}/approve',
    '/models/{ref}/archive',
    '/models/{ref}/promote',
    '/models/{ref}/reject',
    '/models/{ref}/stage',
    '/registry',
    '/rollback',
  ]);
  expect(Object.keys(paths['/rollback'].post.responses)).toEqual(
    expect.arrayContaining(['200', '401', '403', '429']),
  );
  expect(paths['/rollback'].post.security).toEqual([{ key: [] }, {}]);
  expect(paths['/health'].get).not.toHaveProperty('security');
});
