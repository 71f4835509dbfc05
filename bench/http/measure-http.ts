import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import type { BenchContext } from '../context.ts';
import { type Drainer, startDrainer } from '../drain/drainer.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';
import { readProcessUse } from '../process-use.ts';
import { produceLeads } from '../produce-leads.ts';
import { sendSteadily } from '../swap/send-steadily.ts';
import type { Load } from './load.ts';

/** One rate of requests. */
export interface HttpStep extends Load {
  readonly rate: number;
  /** Of the scorer, its stream included, microseconds of CPU a request. */
  readonly scorerUs: number;
}

/** Rates doubled, each measured by itself, up to the first that the scorer doesn't hold. */
export interface HttpCost {
  /** Leads a second that the same scorer reads from Kafka meanwhile. */
  readonly streamRate: number;
  readonly steps: readonly HttpStep[];
}

const PACKAGE = join(import.meta.dirname, '../../models/bank-leads/1.0.0');
const LOAD = join(import.meta.dirname, 'load.ts');
const STREAM_RATE = 300;
const FIRST_RATE = 300;
const MOST_STEPS = 8;
/** A rate is held where answers come within this at the 99th percentile, and all of them do. */
const HELD_P99_MS = 50;

export interface HttpOptions {
  /** Of each rate. */
  readonly seconds: number;
  /** Of requests that aren't counted, at the first rate. */
  readonly warmUpSeconds: number;
  /** Drained before them: a broker that has just started compiles its code for minutes, on the same cores. */
  readonly warmUpLeads: number;
}

/** Starts a scorer without keys and limits, lets it read a steady stream, and asks it for scores beside. */
export async function measureHttp(
  context: BenchContext,
  { seconds, warmUpSeconds, warmUpLeads }: HttpOptions,
): Promise<HttpCost> {
  await produceLeads(context, warmUpLeads);
  const [port = 0] = await findFreePorts(1);
  const scorer = await startDrainer(context, withoutLimits(context, port));
  const ending = new AbortController();
  await scorer.untilJoined();
  await scorer.untilDrained();
  const registry = createRegistryClient({ url: context.env.SCHEMA_REGISTRY_URL });
  const leads = await encodeLeads(CONTACTS, { registry, topicPrefix: context.prefix });
  const stream = sendSteadily(context, leads, STREAM_RATE, ending.signal);
  try {
    const bodies = JSON.stringify(await listBodies());
    const url = `http://127.0.0.1:${port}/score-lead`;
    await runLoad(url, { rate: FIRST_RATE, seconds: warmUpSeconds, bodies });
    return { streamRate: STREAM_RATE, steps: await doubleUntilLate(scorer.pid, { url, seconds, bodies }) };
  } finally {
    ending.abort();
    await stream;
    await scorer.stop();
  }
}

function withoutLimits({ env, prefix, model, logFolder }: BenchContext, port: number): Drainer {
  return {
    groupId: `${prefix}scorer`,
    output: `${prefix}lead-scores`,
    start: () =>
      startService('scorer', {
        env: { ...env, MODEL: model, LOG_LEVEL: 'warn', HTTP_RATE_LIMIT: '0' },
        port,
        logFolder,
      }),
  };
}

async function doubleUntilLate(
  pid: number,
  { url, seconds, bodies }: { readonly url: string; readonly seconds: number; readonly bodies: string },
): Promise<readonly HttpStep[]> {
  const steps: HttpStep[] = [];
  for (let rate = FIRST_RATE; steps.length < MOST_STEPS; rate *= 2) {
    const before = await readProcessUse(pid);
    const load = await runLoad(url, { rate, seconds, bodies });
    const after = await readProcessUse(pid);
    // The seconds that aren't counted are asked for as well.
    const asked = load.sent * (1 + 1 / seconds);
    const step = { rate, ...load, scorerUs: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / asked };
    steps.push(step);
    if (!isHeld(step)) break;
  }
  return steps;
}

/** Whether all were answered in time. */
export function isHeld({ sent, answered, p99Ms }: Load): boolean {
  return answered === sent && p99Ms <= HELD_P99_MS;
}

/** The package's golden leads, each with an id. */
async function listBodies(): Promise<readonly object[]> {
  const { golden } = await loadPackage(PACKAGE);
  return golden.rows.map(({ event }, i) => ({ ...event, lead_id: `lead-${i}` }));
}

async function runLoad(
  url: string,
  { rate, seconds, bodies }: { readonly rate: number; readonly seconds: number; readonly bodies: string },
): Promise<Load> {
  const child = spawn(process.execPath, [LOAD, url, String(rate), String(seconds)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(bodies);
  return (await json(child.stdout)) as Load;
}
