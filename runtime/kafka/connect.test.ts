import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openSocket } from './connect.ts';

test('a request leaves at once, whatever is still on its way (no Nagle)', async () => {
  const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const socket = openSocket({ host: '127.0.0.1', port, ssl: null as never, onConnect: resolve });
  onTestFinished(() => {
    socket.destroy();
    server.close();
    setNoDelay.mockRestore();
  });
  await connected;
  expect(setNoDelay.mock.contexts).toContain(socket);
  expect(setNoDelay).toHaveBeenCalledWith(true);
});
