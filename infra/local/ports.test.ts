import { createServer, type AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { choosePorts, findFreePorts, parsePort, requireFreePort } from './ports.ts';

test('a named port wins over the environment, the environment over the default', async () => {
  const env = { SCORELINE_KAFKA_PORT: '19092', SCORELINE_REGISTRY_PORT: '18081' };
  expect(await choosePorts({ kafka: 29_092 }, env)).toEqual({
    kafka: 29_092,
    registry: 18_081,
    clickhouse: 8123,
  });
  expect(await choosePorts('default', {})).toEqual({ kafka: 9092, registry: 8081, clickhouse: 8123 });
});

test('free ports are different and free', async () => {
  const ports = await findFreePorts(5);
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) await requireFreePort('kafka', port);
});

test('a taken port is reported with the part and what to change', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(requireFreePort('registry', port)).rejects.toThrow(
    `port ${port} on 127.0.0.1, which registry needs, can't be used (EADDRINUSE): stop what listens there, or choose ` +
      'another port with SCORELINE_REGISTRY_PORT or --registry-port',
  );
  await new Promise((closed) => server.close(closed));
});

test('what is no port is refused with its source', () => {
  expect(() => parsePort('70000', '--kafka-port')).toThrow('--kafka-port=70000 is not a port');
});
