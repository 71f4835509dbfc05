import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { createHttpServer, type Health } from './server.ts';

const logged: string[] = [];
let health: Health = { ready: true };
const server = createServer();

afterEach(() => {
  health = { ready: true };
  logged.length = 0;
});

function createServer() {
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  const created = createHttpServer({ telemetry: { log, registry: new Registry() }, health: () => health });
  created.post(
    '/echo',
    { schema: { body: { type: 'object', properties: { age: { type: 'number' } } } } },
    async () => ({}),
  );
  created.get('/bug/:id', async () => {
    throw new Error('secret of the house');
  });
  return created;
}

test('health is 200 once ready, 503 with the reason before', async () => {
  health = { ready: false, reason: 'waiting for partitions', details: { model: 'tiny@1.0.0' } };
  const before = await server.inject('/health');
  expect([before.statusCode, before.json()]).toEqual([
    503,
    { status: 'not_ready', reason: 'waiting for partitions', model: 'tiny@1.0.0' },
  ]);
  health = { ready: true };
  const after = await server.inject('/health');
  expect([after.statusCode, after.json()]).toEqual([200, { status: 'ready' }]);
});

test('live answers whatever health says', async () => {
  health = { ready: false, reason: 'broker away' };
  expect((await server.inject('/live')).statusCode).toBe(200);
});

test('metrics tell each request by its route, not by its URL', async () => {
  await server.inject('/bug/42');
  const { body, headers } = await server.inject('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain(
    'scoreline_http_request_duration_seconds_count{method="GET",route="/bug/:id",status="500"} 1',
  );
  expect(body).not.toContain('42"');
});

test('a bug is a 500 that gives nothing away, and a log line that tells all', async () => {
  const answer = await server.inject('/bug/1');
  expect([answer.statusCode, answer.json().error.code]).toEqual([500, 'server.failed']);
  expect(answer.body).not.toContain('secret');
  expect(logged.join()).toContain('secret of the house');
});

test.each([
  ['no route', { method: 'GET', url: '/nowhere' }, 404, 'request.no_route'],
  ['another method than a route has', { method: 'DELETE', url: '/bug/7' }, 405, 'request.wrong_method'],
  ['a method that wants a body', { method: 'QUERY', url: '/echo' }, 405, 'request.wrong_method'],
  [
    'no JSON',
    { method: 'POST', url: '/echo', payload: '{', headers: { 'content-type': 'application/json' } },
    400,
    'request.malformed',
  ],
  [
    'another media type',
    { method: 'POST', url: '/echo', payload: '<a/>', headers: { 'content-type': 'application/xml' } },
    415,
    'request.not_json',
  ],
  [
    'too large a body',
    { method: 'POST', url: '/echo', payload: { a: 'x'.repeat(300_000) } },
    413,
    'request.too_large',
  ],
  [
    'a string in place of a number: nothing is coerced',
    { method: 'POST', url: '/echo', payload: { age: '4' } },
    400,
    'request.malformed',
  ],
] as const)('%s has its own status and code', async (_what, request, status, code) => {
  const answer = await server.inject(request);
  expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
  expect(logged).toEqual([]);
});

test('a server on a real port ends its idle connections on close', async () => {
  const real = createServer();
  const url = await real.listen({ host: '127.0.0.1', port: 0 });
  expect((await fetch(`${url}/health`)).status).toBe(200);
  await real.close();
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
});

test('a path by another method says which it takes', async () => {
  const answer = await server.inject({ method: 'PUT', url: '/bug/7?x=1' });
  expect([answer.headers['allow'], answer.json().error.message]).toEqual([
    'GET, HEAD',
    '/bug/7 takes GET, HEAD, not PUT',
  ]);
});

test('a body may have fields by any name; those that would change what it is are left out', async () => {
  const payload = '{"age":4,"deep":{"__proto__":{"age":"x"}},"constructor":{"prototype":{}}}';
  const headers = { 'content-type': 'application/json' };
  expect((await server.inject({ method: 'POST', url: '/echo', payload, headers })).statusCode).toBe(200);
});
