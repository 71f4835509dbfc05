import { createScorer } from '../drain/drainers.ts';
import { type Bench, definePart } from '../part.ts';
import { count, milliseconds, type Row } from '../table.ts';
import { type LatencyAtRate, measureLatencies } from './measure-latency.ts';

/** p50, p95 and p99 in milliseconds by leads a second, on two cores shared with broker and probe. */
const TARGETS: ReadonlyMap<number, readonly [p50: number, p95: number, p99: number]> = new Map([
  [300, [5, 12, 18]],
  [2_000, [10, 18, 26]],
]);

export const latencyPart = definePart<readonly LatencyAtRate[]>({
  measure: measureSteadyStreams,
  describe: (latencies) => latencies.flatMap(describeLatency),
});

async function measureSteadyStreams({
  stack,
  options,
  prepareTopics,
  log,
}: Bench): Promise<readonly LatencyAtRate[]> {
  const { rates, seconds, warmUpSeconds, warmUpLeads } = options;
  log(
    `latencies at ${rates.join(' and ')} leads/s, ${warmUpSeconds} + ${seconds} s each, after ${count(warmUpLeads)} leads`,
  );
  const sizes = { rates, seconds, warmUpSeconds, warmUpLeads };
  const context = await prepareTopics('latency.');
  return measureLatencies(context, stack.pids['kafka'], createScorer(context, options.cpuProfile), sizes);
}

function describeLatency({ rate, ...latency }: LatencyAtRate): Row[] {
  const [p50, p95, p99] = (TARGETS.get(rate) ?? []).map((ms) => `≤ ${ms} ms`);
  return [
    [`latency at ${count(rate)}/s, p50`, milliseconds(latency.p50Ms), p50 ?? ''],
    ['  p95', milliseconds(latency.p95Ms), p95 ?? ''],
    ['  p99', milliseconds(latency.p99Ms), p99 ?? ''],
    ['  max', milliseconds(latency.maxMs), ''],
    ['  arrived', `${count(latency.arrived)} of ${count(latency.events)}`, 'all'],
    ['  CPU a lead, scorer', `${count(latency.cpuUs)} µs`, ''],
    ...(latency.brokerCpuUs === undefined
      ? []
      : [['  CPU a lead, broker', `${count(latency.brokerCpuUs)} µs`, ''] as const]),
    [
      "  probe's own delay, p99, max",
      `${latency.lateP99Ms.toFixed(1)}, ${milliseconds(latency.lateMaxMs)}`,
      '',
    ],
  ];
}
