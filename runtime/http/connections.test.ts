import { type AddressInfo, connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHttpServer } from './server.ts';

const CONNECTIONS = 20;
const registry = new Registry();
const server = createHttpServer({
  telemetry: { log: pino({ level: 'silent' }), registry },
  health: () => ({ ready: true }),
  connections: {
    connections: CONNECTIONS,
    headersMs: 300,
    requestMs: 600,
    lookEveryMs: 50,
    silenceMs: 5_000,
  },
});
server.post('/echo', async () => ({}));

let port: number;
beforeAll(async () => {
  await server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.server.address() as AddressInfo);
});
afterAll(() => server.close());

interface Client {
  readonly socket: Socket;
  /** What it was answered until the connection ended, and after how long that was. */
  readonly ended: Promise<{ readonly text: string; readonly afterMs: number }>;
}

/** A client that says a text, and no more than that. */
function say(text: string): Client {
  const socket = connect(port, '127.0.0.1');
  const begunMs = performance.now();
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => {});
  socket.write(text);
  const ended = new Promise<{ text: string; afterMs: number }>((resolve) => {
    socket.on('close', () => resolve({ text: answer, afterMs: performance.now() - begunMs }));
  });
  return { socket, ended };
}

const refusals = async (reason: string): Promise<number> => {
  const metric = await registry.getSingleMetric('scoreline_http_requests_refused_total')?.get();
  return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
};

test.each([
  ['says nothing', ''],
  ['never ends its headers', 'GET /health HTTP/1.1\r\nHost: a\r\n'],
  [
    'never ends its body',
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  ],
])('whoever %s is told so and let go of', async (_what, text) => {
  const before = await refusals('timeout');
  const { text: answer, afterMs } = await say(text).ended;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    error: { code: 'request.too_slow' },
  });
  expect(afterMs).toBeLessThan(3_000);
  expect(await refusals('timeout')).toBe(before + 1);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'request.malformed', 'malformed'],
  [
    'too long headers',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'request.too_large',
    'headers',
  ],
  [
    'a smuggled length',
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'request.malformed',
    'malformed',
  ],
])('%s is refused in the form of every other answer', async (_what, text, status, code, reason) => {
  const before = await refusals(reason);
  const { text: answer } = await say(text).ended;
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code } });
  expect(await refusals(reason)).toBe(before + 1);
});

test('slow clients can take every connection for no longer than a moment', async () => {
  const slow = Array.from({ length: 2 * CONNECTIONS }, () => say('GET /health HTTP/1.1\r\nHo'));
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/health`)).status;
  await vi.waitFor(async () => expect(await refusals('connections')).toBeGreaterThan(0), { timeout: 5_000 });
  await vi.waitFor(async () => expect(await ask()).toBe(200), { timeout: 5_000, interval: 50 });
  await Promise.all(slow.map(({ ended }) => ended));
});
