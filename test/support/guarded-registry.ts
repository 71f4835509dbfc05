import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '@scoreline/runtime/testing/certificates.ts';

/** A registry behind TLS and basic authentication, as a proxy in front of the real one would be. */
export interface GuardedRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes on what comes with a user's password (password by name); everything else is answered 401. */
export async function startGuardedRegistry(
  realUrl: string,
  { cert, key }: Identity,
  users: Readonly<Record<string, string>>,
): Promise<GuardedRegistry> {
  const known = new Set(
    Object.entries(users).map((pair) => `Basic ${Buffer.from(pair.join(':')).toString('base64')}`),
  );
  const real = new URL(realUrl);
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    if (known.has(incoming.headers.authorization ?? '')) passOn(incoming, outgoing, real);
    else outgoing.writeHead(401, { 'www-authenticate': 'Basic' }).end('who are you?');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${real.pathname}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, { hostname, port }: URL): void {
  const { authorization: _ours, host: _proxy, ...headers } = incoming.headers;
  const asked = request(
    { hostname, port, path: incoming.url, method: incoming.method, headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  asked.once('error', () => outgoing.destroy());
  incoming.pipe(asked);
}
