import { setTimeout as delay } from 'node:timers/promises';
import { createPace } from '@scoreline/cli/replay/pace.ts';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createPublisher, type PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import { quantile } from '@scoreline/test/judge/quantile.ts';
import { followCommitted } from '@scoreline/test/judge/read-committed.ts';
import type { BenchContext } from './context.ts';
import { encodeLeads } from './leads.ts';

export interface Latency {
  readonly events: number;
  readonly arrived: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Not counted: connections open and code warms up in it. */
const WARM_UP_SECONDS = 5;
const LAST_ARRIVAL_TIMEOUT_MS = 10_000;

/**
 * Sends single lead events at an even rate, whatever comes back (open loop), and takes the time from the send of
 * each to its score's arrival at a read_committed Java client.
 */
export async function measureLatency(context: BenchContext, rate: number, seconds: number): Promise<Latency> {
  const { env, prefix, logFolder, model } = context;
  const [port = 0] = await findFreePorts(1);
  const scorer = await startService('scorer', {
    env: { ...env, MODEL: model, LOG_LEVEL: 'warn' },
    port,
    logFolder,
  });
  await scorer.untilReady();
  const leads = await encodeLeads(rate * (WARM_UP_SECONDS + seconds), {
    registry: createRegistryClient({ url: env.SCHEMA_REGISTRY_URL }),
    topicPrefix: prefix,
  });
  const arrivals = new Map<string, number>();
  const reader = await followCommitted(env.KAFKA_BROKERS, [`${prefix}lead-scores`], ({ key, arrivedUs }) => {
    arrivals.set(key?.toString() ?? '', arrivedUs / 1_000);
  });
  const sent = await sendEvenly(context, leads, rate);
  const deadline = Date.now() + LAST_ARRIVAL_TIMEOUT_MS;
  while (arrivals.size < sent.size && Date.now() < deadline) await delay(50);
  await reader.stop();
  await scorer.stop();
  return summarise(sent, arrivals, rate * WARM_UP_SECONDS);
}

/** When each was sent, by key, epoch milliseconds with fractions. */
async function sendEvenly(
  { env, prefix }: BenchContext,
  leads: readonly PublishedRecord[],
  rate: number,
): Promise<ReadonlyMap<string, number>> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  const pace = createPace(rate);
  const sent = new Map<string, number>();
  const sends: Promise<unknown>[] = [];
  const { signal } = new AbortController();
  for (const [index, lead] of leads.entries()) {
    await pace.waitFor(index, signal);
    sent.set(String(lead.key), performance.timeOrigin + performance.now());
    sends.push(publisher.publish(`${prefix}lead-created`, [lead]));
  }
  await Promise.all(sends);
  await publisher.close();
  return sent;
}

function summarise(
  sent: ReadonlyMap<string, number>,
  arrivals: ReadonlyMap<string, number>,
  warmUp: number,
): Latency {
  const latencies: number[] = [];
  for (const [key, sentMs] of [...sent].slice(warmUp)) {
    const arrivedMs = arrivals.get(key);
    if (arrivedMs !== undefined) latencies.push(arrivedMs - sentMs);
  }
  const sorted = Float64Array.from(latencies).sort();
  return {
    events: sent.size - warmUp,
    arrived: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? NaN,
  };
}
