import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, stringMatching } from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpSettings } from '../config.ts';
import { createHttpServer, type HttpServer } from '../server.ts';
import { createKey } from './new-key.ts';
import type { Scope } from './scopes.ts';

const folder = mkdtempSync(join(tmpdir(), 'scoreline-guard-'));
const keysFile = join(folder, 'keys');
const logged: string[] = [];
const reached: unknown[] = [];

const hour = 3_600_000;
const made = {
  crm: newKey('crm', ['score']),
  analyst: newKey('analyst', ['read']),
  ops: newKey('ops', ['read', 'operate']),
  prometheus: newKey('prometheus', ['metrics']),
  ended: newKey('ended', ['score', 'read', 'operate', 'metrics'], Date.now() - hour),
};
type Holder = keyof typeof made;

function newKey(name: string, scopes: readonly Scope[], expiresAtMs?: number) {
  return createKey({ name, scopes }, { nowMs: Date.now(), expiresAtMs });
}

function openServer(settings: Partial<HttpSettings>): HttpServer {
  const telemetry = {
    log: pino({ level: 'trace' }, { write: (line: string) => logged.push(line) }),
    registry: new Registry(),
  };
  const server = createHttpServer({
    telemetry,
    health: () => ({ ready: false, reason: 'broker-1 is away', details: { model: 'tiny@1.0.0' } }),
    settings: { keysFile: undefined, requestsPerSecond: 0, metrics: undefined, ...settings },
  });
  void server.register(async (scope) => {
    scope.post('/score', { config: { access: ['score'] } }, async ({ caller, body }) => {
      reached.push(body);
      return { caller: caller?.name ?? null };
    });
    scope.get('/registry', async ({ caller }) => ({ caller: caller?.name ?? null }));
    scope.post('/promote', async ({ caller }) => ({ caller: caller?.name ?? null }));
  });
  return server;
}

let guarded: HttpServer;
beforeAll(() => {
  writeFileSync(
    keysFile,
    Object.values(made)
      .map(({ line }) => JSON.stringify(line))
      .join('\n'),
  );
  guarded = openServer({ keysFile });
});
afterAll(async () => {
  await guarded.close();
  rmSync(folder, { recursive: true });
});

const bearer = (holder: Holder) => ({ authorization: `Bearer ${made[holder].key}` });

describe('keys', () => {
  const routes = {
    '/score': 'POST',
    '/registry': 'GET',
    '/promote': 'POST',
    '/metrics': 'GET',
    '/health': 'GET',
    '/nowhere': 'GET',
  } as const;

  it.each<[Holder | 'nobody', readonly number[]]>([
    ['nobody', [401, 401, 401, 401, 503, 401]],
    ['ended', [401, 401, 401, 401, 503, 401]],
    ['crm', [200, 403, 403, 403, 503, 403]],
    ['analyst', [403, 200, 403, 403, 503, 404]],
    ['ops', [403, 200, 200, 403, 503, 404]],
    ['prometheus', [403, 403, 403, 200, 503, 403]],
  ])('%s may ask for what the key is good for, and for nothing else', async (holder, statuses) => {
    const headers = holder === 'nobody' ? {} : bearer(holder);
    const answers = await Promise.all(
      Object.entries(routes).map(([url, method]) => guarded.inject({ url, method, headers })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(statuses);
  });

  it('health is open to everybody, and says why to whoever brings a key, or where there are none', async () => {
    const why = { status: 'not_ready', reason: 'broker-1 is away', model: 'tiny@1.0.0' };
    const ask = async (headers: object, server = guarded) =>
      (await server.inject({ url: '/health', headers: { ...headers } })).json();
    expect(await ask({})).toEqual({ status: 'not_ready' });
    expect(await ask(bearer('ended'))).toEqual({ status: 'not_ready' });
    expect(await ask({ authorization: 'Bearer nobodys' })).toEqual({ status: 'not_ready' });
    expect(await ask(bearer('crm'))).toEqual(why);
    const open = openServer({});
    expect(await ask({}, open)).toEqual(why);
    await open.close();
  });

  it('a route knows who asks', async () => {
    const answer = await guarded.inject({ url: '/registry', headers: bearer('ops') });
    expect(answer.json()).toEqual({ caller: 'ops' });
  });

  it.each([
    ['no key', {}, 401, 'key.missing', /^Bearer realm="scoreline", Basic realm=/],
    ['an unknown one', { authorization: 'Bearer nobodys' }, 401, 'key.unknown', /error="invalid_token"/],
    ['one that has ended', bearer('ended'), 401, 'key.expired', /error="invalid_token"/],
    ['one for something else', bearer('crm'), 403, 'key.scope', /error="insufficient_scope", scope="read"/],
  ])('%s: status, code and challenge say what is wrong', async (_what, headers, status, code, challenge) => {
    const answer = await guarded.inject({ url: '/registry', headers });
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    expect(answer.headers['www-authenticate']).toMatch(challenge);
  });

  it('a browser brings a key as a password, to look and never to decide', async () => {
    const authorization = `Basic ${Buffer.from(`anna:${made.ops.key}`).toString('base64')}`;
    const looked = await guarded.inject({ url: '/registry', headers: { authorization } });
    const decided = await guarded.inject({ url: '/promote', method: 'POST', headers: { authorization } });
    expect([looked.statusCode, decided.statusCode]).toEqual([200, 403]);
  });

  it('whatever else is brought lets nobody in, and is in no answer and no log', async () => {
    const headers = stringMatching(/^[\x21-\x7e][\x20-\x7e]{20,99}$/);
    const schemes = constantFrom('Bearer ', 'Basic ', '');
    await assert(
      asyncProperty(schemes, headers, async (scheme, rest) => {
        const answer = await guarded.inject({ url: '/registry', headers: { authorization: scheme + rest } });
        expect(answer.statusCode).toBe(401);
        expect(answer.body + logged.join()).not.toContain(rest);
      }),
    );
  });

  it('answers no browser of another origin: CORS is off, and safe headers are on', async () => {
    const origin = { origin: 'https://example.org', 'access-control-request-method': 'POST' };
    const asked = await guarded.inject({
      url: '/score',
      method: 'OPTIONS',
      headers: { ...origin, ...bearer('ops') },
    });
    expect(asked.statusCode).toBe(405);
    for (const { headers } of [asked, await guarded.inject('/health')]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    }
  });

  it('a body is never read for whom it is not taken from, nor is the connection kept', async () => {
    const server = openServer({ keysFile });
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const before = reached.length;
    const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
        const request = send({ port, host: '127.0.0.1', path: '/score', method: 'POST', headers });
        request.on('response', ({ statusCode: status, headers: { connection } }) => {
          resolve({ status, connection });
          request.destroy();
        });
        request.on('error', reject);
        request.write('{"lead_id": "never ends');
      },
    );
    expect(answer).toEqual({ status: 401, connection: 'close' });
    expect(reached).toHaveLength(before);
    await server.close();
  });
});

describe('rates', () => {
  it('holds back each key by itself, says how long, and never holds back probes', async () => {
    const server = openServer({ keysFile, requestsPerSecond: 5 });
    const ask = async (holder: Holder) =>
      (await server.inject({ url: '/registry', headers: bearer(holder) })).statusCode;
    const statuses = [];
    for (let count = 0; count < 12; count++) statuses.push(await ask('ops'));
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(statuses).toContain(429);
    expect(await ask('analyst')).toBe(200);
    const refused = await server.inject({ url: '/registry', headers: bearer('ops') });
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json().error.code).toBe('request.too_many');
    for (let count = 0; count < 50; count++) expect((await server.inject('/live')).statusCode).toBe(200);
    const { body } = await server.inject({ url: '/metrics', headers: bearer('prometheus') });
    expect(body).toMatch(/scoreline_http_requests_refused_total\{reason="rate"\} [2-9]/);
    expect(body).toContain('scoreline_http_keys 5');
    await server.close();
  });

  it('counts whoever brings no key that is known by address, however many keys are tried', async () => {
    const server = openServer({ keysFile, requestsPerSecond: 5 });
    await assert(
      asyncProperty(array(stringMatching(/^\w{1,40}$/), { minLength: 12, maxLength: 12 }), async (keys) => {
        const statuses = [];
        for (const key of keys) {
          const headers = { authorization: `Bearer ${key}` };
          statuses.push((await server.inject({ url: '/registry', headers })).statusCode);
        }
        expect(statuses).toContain(429);
      }),
      { numRuns: 5 },
    );
    expect((await server.inject({ url: '/registry', headers: bearer('ops') })).statusCode).toBe(200);
    await server.close();
  });

  it('a key that has ended, or is for something else, holds back no other of its name', async () => {
    const holders = {
      ended: newKey('crm', ['read'], Date.now() - hour),
      other: newKey('crm', ['metrics']),
      next: newKey('crm', ['read']),
    };
    const file = join(folder, 'rotated');
    writeFileSync(
      file,
      Object.values(holders)
        .map(({ line }) => JSON.stringify(line))
        .join('\n'),
    );
    const server = openServer({ keysFile: file, requestsPerSecond: 5 });
    const ask = async (key: string) =>
      (await server.inject({ url: '/registry', headers: { authorization: `Bearer ${key}` } })).statusCode;
    for (const { key } of [holders.ended, holders.other]) {
      const statuses = [];
      for (let count = 0; count < 12; count++) statuses.push(await ask(key));
      expect(statuses).toContain(429);
    }
    expect(await ask(holders.next.key)).toBe(200);
    await server.close();
  });

  it('a key that has ended counts with whatever else its address brings that opens nothing', async () => {
    const server = openServer({ keysFile, requestsPerSecond: 5 });
    const ask = async (headers: object) =>
      (await server.inject({ url: '/registry', headers: { ...headers } })).statusCode;
    for (let count = 0; count < 12; count++) await ask(bearer('ended'));
    expect(await ask({})).toBe(429);
    await server.close();
  });

  it('without keys everybody is let in, at the rate of an address', async () => {
    const server = openServer({ requestsPerSecond: 1 });
    const statuses = [];
    for (let count = 0; count < 3; count++) {
      statuses.push((await server.inject({ url: '/promote', method: 'POST' })).statusCode);
    }
    expect(statuses).toEqual([200, 200, 429]);
    await server.close();
  });
});

it('metrics on their own port are not on the other one, and keep to the same keys', async () => {
  const telemetry = { log: pino({ level: 'silent' }), registry: new Registry() };
  const { port } = await findPort();
  const server = createHttpServer({
    telemetry,
    health: () => ({ ready: true }),
    settings: { keysFile, requestsPerSecond: 0, metrics: { host: '127.0.0.1', port } },
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const statusOf = async (address: string, headers = {}) => (await fetch(address, { headers })).status;
  const own = `http://127.0.0.1:${port}`;
  expect(await statusOf(`${own}/metrics`)).toBe(401);
  expect(await statusOf(`${own}/metrics`, bearer('prometheus'))).toBe(200);
  expect(await statusOf(`${own}/health`)).toBe(200);
  expect(await statusOf(`${url}/metrics`, bearer('prometheus'))).toBe(403);
  await server.close();
  await expect(fetch(`${own}/health`)).rejects.toThrow('fetch failed');
});

/** A port that was free a moment ago. */
async function findPort(): Promise<AddressInfo> {
  const server = openServer({});
  await server.listen({ host: '127.0.0.1', port: 0 });
  const address = server.server.address() as AddressInfo;
  await server.close();
  return address;
}
