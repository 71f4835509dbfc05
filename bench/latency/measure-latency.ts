import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { untilGroupHasRead } from '@scoreline/test/support/until.ts';
import type { BenchContext } from '../context.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';
import { readProcessUse } from '../process-use.ts';
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
  /** Microseconds of CPU for each lead, warm-up included: what a wake-up costs that few leads share. */
  readonly scorerCpuUs: number;
  /** Absent where the broker isn't the bench's own. */
  readonly brokerCpuUs?: number;
}

const DRAIN_TIMEOUT_MS = 300_000;

/**
 * The time from a lead's produce to its score's arrival at a read_committed Java client, at each rate, by one scorer
 * that stays: it and the broker are warm from a drained backlog.
 */
export async function measureLatencies(
  context: BenchContext,
  brokerPid: number | undefined,
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
    for (const rate of rates) {
      const usedUs = await watchCpu([scorer.pid, brokerPid]);
      const latency = await probeLatency(leads, { ...places, rate, warmUpSeconds, seconds });
      const [ofScorerUs = NaN, ofBrokerUs] = await usedUs();
      const sent = rate * (warmUpSeconds + seconds);
      measured.push({
        rate,
        ...latency,
        scorerCpuUs: ofScorerUs / sent,
        ...(ofBrokerUs === undefined ? {} : { brokerCpuUs: ofBrokerUs / sent }),
      });
    }
    return measured;
  } finally {
    await scorer.stop();
  }
}

/** Microseconds of CPU that each process has used since, when asked; undefined for one that isn't known. */
async function watchCpu(
  pids: readonly (number | undefined)[],
): Promise<() => Promise<readonly (number | undefined)[]>> {
  const read = (): Promise<readonly (number | undefined)[]> =>
    Promise.all(
      pids.map(async (pid) => (pid === undefined ? pid : (await readProcessUse(pid)).cpuSeconds * 1e6)),
    );
  const before = await read();
  return async () => (await read()).map((us, i) => (us === undefined ? us : us - (before[i] ?? NaN)));
}
