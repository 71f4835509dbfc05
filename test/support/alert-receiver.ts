import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request that a receiver got. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A local HTTP server that keeps what it is sent. */
export interface AlertReceiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on: a status, or one that depends on the request. */
  answerWith(status: number | ((request: Received) => number)): void;
  close(): Promise<void>;
}

/**
 * Starts a receiver on a free port; `check` may find fault with a request, which is then a 400 with its words, and `say`
 * what it is answered.
 */
export async function startAlertReceiver(
  check: (request: Received) => string | undefined = () => undefined,
  say: (request: Received) => string | undefined = () => undefined,
): Promise<AlertReceiver> {
  const received: Received[] = [];
  let answer = (_request: Received): number => 200;
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: await text(request) };
    received.push(one);
    const fault = check(one);
    response.statusCode = fault === undefined ? answer(one) : 400;
    response.end(fault ?? say(one));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answerWith: (next) => void (answer = typeof next === 'number' ? () => next : next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const FIELDS = new Set(['labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL']);

/** What is wrong with a request by the OpenAPI document of Alertmanager's v2 API (POST /api/v2/alerts). */
export function findFaultWithPost({ path, headers, body }: Received): string | undefined {
  if (path !== '/api/v2/alerts') return `there is no ${path}`;
  if (headers['content-type'] !== 'application/json') return 'not JSON';
  const alerts: unknown = JSON.parse(body);
  if (!Array.isArray(alerts)) return 'not an array';
  return alerts.map(findFaultWithAlert).find((fault) => fault !== undefined);
}

function findFaultWithAlert(alert: Record<string, unknown>): string | undefined {
  const unknown = Object.keys(alert).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return `${unknown} is not a field of postableAlert`;
  const labels = Object.entries(alert['labels'] ?? {});
  if (labels.length === 0) return 'labels are required';
  for (const [name, value] of [...labels, ...Object.entries(alert['annotations'] ?? {})]) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return `${name} is no label name`;
    if (typeof value !== 'string') return `${name} is no string`;
  }
  const [starts, ends] = [alert['startsAt'], alert['endsAt']].map((time) => Date.parse(String(time)));
  if (!(starts! <= ends!)) return 'startsAt and endsAt are date-times, in this order';
  const link = alert['generatorURL'] ?? 'http://none';
  return typeof link === 'string' && URL.canParse(link) ? undefined : 'generatorURL is a URI';
}
