import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { BenchContext } from '../context.ts';
import { type Drainer, startDrainer } from '../drain/drainer.ts';
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
  readonly cpuUs: number;
  /** Absent where the broker isn't the bench's own. */
  readonly brokerCpuUs?: number;
}

/**
 * The time from a lead's produce to its score's arrival at a read_committed Java client, at each rate, by one process
 * that stays: it and the broker are warm from a drained backlog.
 */
export async function measureLatencies(
  context: BenchContext,
  brokerPid: number | undefined,
  drainer: Drainer,
  { rates, warmUpSeconds, seconds, warmUpLeads }: LatencyOptions,
): Promise<readonly LatencyAtRate[]> {
  const { env, prefix } = context;
  await produceLeads(context, warmUpLeads);
  const running = await startDrainer(context, drainer);
  try {
    await running.untilJoined();
    await running.untilDrained();
    const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
    const leads = await encodeLeads(CONTACTS, { registry, topicPrefix: prefix });
    const places = { brokers: env.KAFKA_BROKERS, from: `${prefix}lead-created`, to: drainer.output };
    // What drains a backlog isn't all that small transactions run: they are compiled at the highest rate, uncounted.
    const warmUp = { ...places, rate: Math.max(...rates), warmUpSeconds: 0, seconds: warmUpSeconds };
    await probeLatency(leads, warmUp);
    const measured: LatencyAtRate[] = [];
    for (const rate of rates) {
      const usedUs = await watchCpu([running.pid, brokerPid]);
      const latency = await probeLatency(leads, { ...places, rate, warmUpSeconds, seconds });
      const [ownUs = NaN, brokerUs] = await usedUs();
      const sent = rate * (warmUpSeconds + seconds);
      measured.push({
        rate,
        ...latency,
        cpuUs: ownUs / sent,
        ...(brokerUs === undefined ? {} : { brokerCpuUs: brokerUs / sent }),
      });
    }
    return measured;
  } finally {
    await running.stop();
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
