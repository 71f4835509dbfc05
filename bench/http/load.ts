import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '@scoreline/test/judge/quantile.ts';

/**
 * A process that asks for scores at an even rate, whatever comes back (open loop), and prints what it saw as JSON
 * ({@link Load}). A request's time runs from the moment at which it was due, not from its sending: a server that stalls
 * would otherwise hold up just those requests that would have waited (coordinated omission).
 *
 * Usage: node load.ts URL RATE SECONDS, with the bodies as a JSON array on standard input
 */
export interface Load {
  readonly sent: number;
  readonly answered: number;
  /** Answers by status, 0 for none. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late requests left, at the 99th percentile: above a few milliseconds the sender was the limit. */
  readonly lateMs: number;
}

/** Not counted: connections are opened in it. */
const FIRST_MS = 1_000;
const STEP_MS = 1;
const ANSWER_TIMEOUT_MS = 5_000;
/** Below the server's own limit. */
const MOST_CONNECTIONS = 400;

const [url = '', rate = '', seconds = ''] = process.argv.slice(2);
const bodies = await readBodies();
console.log(JSON.stringify(await load(Number(rate), Number(seconds))));

async function readBodies(): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const leads = JSON.parse(Buffer.concat(chunks).toString()) as readonly object[];
  return leads.map((lead) => Buffer.from(JSON.stringify(lead)));
}

async function load(perSecond: number, counted: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, scheduling: 'lifo' });
  const [times, lates]: [number[], number[]] = [[], []];
  const statuses: Record<string, number> = {};
  const asked = new Set<Promise<void>>();
  const total = Math.round((perSecond * (FIRST_MS + 1_000 * counted)) / 1_000);
  const first = Math.round((perSecond * FIRST_MS) / 1_000);
  const begunMs = performance.now();
  const dueAtMs = (index: number): number => begunMs + (index * 1_000) / perSecond;
  const ask = async (index: number): Promise<void> => {
    const dueMs = dueAtMs(index);
    const sentMs = performance.now();
    const status = await askOnce(agent, bodies[index % bodies.length] ?? Buffer.from('{}'));
    if (index < first) return;
    statuses[status] = (statuses[status] ?? 0) + 1;
    lates.push(sentMs - dueMs);
    if (status === 200) times.push(performance.now() - dueMs);
  };
  for (let index = 0; index < total;) {
    for (; index < total && dueAtMs(index) <= performance.now(); index += 1) {
      const asking = ask(index).finally(() => asked.delete(asking));
      asked.add(asking);
    }
    await delay(STEP_MS);
  }
  await Promise.all(asked);
  agent.destroy();
  const [sorted, late] = [Float64Array.from(times).sort(), Float64Array.from(lates).sort()];
  return {
    sent: total - first,
    answered: sorted.length,
    statuses,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? NaN,
    lateMs: quantile(late, 0.99),
  };
}

/** The answer's status once all of it has been read; 0 where there was none. */
function askOnce(agent: Agent, body: Buffer): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const asking = request(url, { method: 'POST', agent, headers, timeout: ANSWER_TIMEOUT_MS }, (answer) => {
    answer.on('end', () => resolve(answer.statusCode ?? 0)).resume();
    answer.on('error', () => resolve(0));
  });
  asking.on('timeout', () => asking.destroy());
  asking.on('error', () => resolve(0));
  asking.end(body);
  return promise;
}
