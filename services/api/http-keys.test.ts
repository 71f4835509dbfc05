import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '@scoreline/runtime/http/access/new-key.ts';
import type { Scope } from '@scoreline/runtime/http/access/scopes.ts';
import { openLifecycleRoom } from '@scoreline/runtime/model-lifecycle/testing/lifecycle-room.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createJournal } from './journal.ts';
import { createRegistryRoutes } from './registry-routes.ts';

const REF = 'tiny@1.0.0';
const folder = mkdtempSync(join(tmpdir(), 'scoreline-api-keys-'));
const keysFile = join(folder, 'keys');
const room = await openLifecycleRoom();
const routes = [createRegistryRoutes({ lifecycle: room.lifecycle, journal: createJournal(room.projection) })];
const anna = newKey('anna', ['read', 'operate']);
const reader = newKey('analyst', ['read']);
writeFileSync(keysFile, `${JSON.stringify(anna.line)}\n${JSON.stringify(reader.line)}\n`);

const guarded = openServer(keysFile);
const open = openServer(undefined);
let push: { uri: string; manifest_sha256: string };

function newKey(name: string, scopes: readonly Scope[]) {
  return createKey({ name, scopes }, { nowMs: Date.now(), expiresAtMs: undefined });
}

function openServer(file: string | undefined) {
  return createApiHttp({
    telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
    health: () => ({ ready: true }),
    settings: { keysFile: file, requestsPerSecond: 0, metrics: undefined },
    routes,
  });
}

beforeAll(async () => {
  const pkg = await writeTinyPackage();
  const put = await room.store.put(pkg.dir, { model: 'tiny', version: '1.0.0' });
  await pkg.remove();
  push = put.ok
    ? { uri: put.stored.uri, manifest_sha256: put.stored.manifestSha256 }
    : { uri: '', manifest_sha256: '' };
});
afterAll(async () => {
  await Promise.all([guarded.close(), open.close(), room.close()]);
  rmSync(folder, { recursive: true });
});

async function post(url: string, payload: object, key?: string, server = guarded) {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await server.inject({ method: 'POST', url, payload, headers });
  return { status: answer.statusCode, body: answer.json() };
}

test('who decides is the name of the key, and that is what stays on record', async () => {
  expect(await post('/models', { ...push, reason: 'new' }, anna.key)).toMatchObject({ status: 200 });
  expect(await post(`/models/${REF}/stage`, { actor: 'anna', reason: 'ok' }, anna.key)).toMatchObject({
    status: 200,
  });
  const version = await guarded.inject({
    url: `/models/${REF}`,
    headers: { authorization: `Bearer ${reader.key}` },
  });
  expect(version.json().decisions.map(({ actor }: { actor: string }) => actor)).toEqual(['anna', 'anna']);
});

test.each([
  ['nobody', undefined, {}, 401, 'key.missing'],
  ['whoever may only read', reader.key, {}, 403, 'key.scope'],
  ['whoever says to be another', anna.key, { actor: 'otto' }, 403, 'actor.not_yours'],
  ['whoever says to be nobody', anna.key, { actor: null }, 403, 'actor.not_yours'],
])('%s decides nothing', async (_who, key, actor, status, code) => {
  const before = room.projection.state().revision;
  const answer = await post(`/models/${REF}/approve`, { reason: 'because', ...actor }, key);
  expect(answer).toMatchObject({ status, body: { error: { code } } });
  expect(room.projection.state().revision).toBe(before);
});

test('without keys a decision still says who decides, and not in the name of the service', async () => {
  const url = `/models/${REF}/approve`;
  expect(await post(url, { reason: 'because' }, undefined, open)).toMatchObject({
    status: 400,
    body: { error: { code: 'request.malformed' } },
  });
  for (const actor of ['controller', 'policy']) {
    expect(await post(url, { actor, reason: 'because' }, undefined, open)).toMatchObject({
      status: 403,
      body: { error: { code: 'actor.reserved' } },
    });
  }
});
