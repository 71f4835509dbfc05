import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { untilGroupHasRead } from '@scoreline/test/support/until.ts';
import type { BenchContext } from '../context.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';
import { produceLeads } from '../produce-leads.ts';
import { type Latency, probeLatency } from './probe.ts';

export interface LatencyOptions {
  /** Leads a second, one measurement after another. */
  readonly rates: readonly number[];
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Drained before anything is timed: a broker that has just started compiles its code for minutes. */
  readonly warmUpLeads: number;
}

export interface LatencyAtRate extends Latency {
  readonly rate: number;
}

const DRAIN_TIMEOUT_MS = 300_000;

/**
 * The time from a lead's produce to its score's arrival at a read_committed Java client, at each rate, by one scorer
 * that stays: it and the broker are warm from a drained backlog.
 */
export async function measureLatencies(
  context: BenchContext,
  { rates, warmUpSeconds, seconds, warmUpLeads }: LatencyOptions,
): Promise<readonly LatencyAtRate[]> {
  const { env, prefix, logFolder, model } = context;
  await produceLeads(context, warmUpLeads);
  const [port = 0] = await findFreePorts(1);
  const ofScorer = { ...env, MODEL: model, LOG_LEVEL: 'warn' };
  const scorer = await startService('scorer', { env: ofScorer, port, logFolder });
  try {
    await scorer.untilReady();
    await untilGroupHasRead(env, 'scorer', DRAIN_TIMEOUT_MS);
    const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
    const leads = await encodeLeads(CONTACTS, { registry, topicPrefix: prefix });
    const places = { brokers: env.KAFKA_BROKERS, from: `${prefix}lead-created`, to: `${prefix}lead-scores` };
    const measured: LatencyAtRate[] = [];
    for (const rate of rates)
      measured.push({
        rate,
        ...(await probeLatency(leads, { ...places, rate, warmUpSeconds, seconds })),
      });
    return measured;
  } finally {
    await scorer.stop();
  }
}
