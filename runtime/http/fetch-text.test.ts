import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchText } from './fetch-text.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, reply) => {
    if (request.url === '/silent') return;
    reply.statusCode = request.url === '/away' ? 503 : 200;
    const key = request.headers.authorization ?? 'none';
    reply.end(request.url === '/key' ? key : 'a'.repeat(1_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { timeoutMs: 300, maxBytes: 1_000 };

it('gives what a 200 holds', async () => {
  expect(await fetchText(`${url}/metrics`, limits)).toHaveLength(1_000);
});

it('brings along what it is told to, and nothing else', async () => {
  expect(await fetchText(`${url}/key`, limits)).toBe('none');
  expect(await fetchText(`${url}/key`, limits, { authorization: 'Bearer a' })).toBe('Bearer a');
});

it('throws for another status, for more than was asked for, and for none in time', async () => {
  await expect(fetchText(`${url}/away`, limits)).rejects.toThrow('answered 503');
  await expect(fetchText(`${url}/metrics`, { ...limits, maxBytes: 999 })).rejects.toThrow('more than 999');
  await expect(fetchText(`${url}/silent`, limits)).rejects.toThrow(/time/i);
});
