import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '@scoreline/runtime/testing/certificates.ts';

/** A service behind TLS and basic authentication, as a proxy in front of the real one would be. */
export interface GuardedHttp {
  readonly url: string;
  close(): Promise<void>;
}

export interface Guard {
  readonly identity: Identity;
  /** Password by name. */
  readonly users: Readonly<Record<string, string>>;
  /** What everybody else is told. */
  readonly refusal?: { readonly status: number; readonly text: string };
}

/** Passes on what comes with a user's password, without it. */
export async function startGuardedHttp(
  realUrl: string,
  { identity, users, refusal = { status: 401, text: 'who are you?' } }: Guard,
): Promise<GuardedHttp> {
  const known = new Set(Object.entries(users).map((pair) => pair.join(':')));
  const real = new URL(realUrl);
  const server = createServer({ ...identity }, (incoming, outgoing) => {
    if (known.has(credentialsOf(incoming))) passOn(incoming, outgoing, real);
    else outgoing.writeHead(refusal.status, { 'www-authenticate': 'Basic' }).end(refusal.text);
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
  const {
    authorization: _ours,
    'x-clickhouse-user': _user,
    'x-clickhouse-key': _password,
    host: _proxy,
    ...headers
  } = incoming.headers;
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

/** `user:password` of basic authentication, or of ClickHouse's own headers, which its client prefers behind TLS. */
function credentialsOf({ headers }: IncomingMessage): string {
  const [, basic] = headers.authorization?.split(' ') ?? [];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString();
  return `${String(headers['x-clickhouse-user'])}:${String(headers['x-clickhouse-key'])}`;
}
