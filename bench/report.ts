import { type BacklogMemory, compareThirds } from './backlog.ts';
import type { CpuCost } from './cpu.ts';
import type { Drained } from './drain.ts';
import type { Latency } from './latency.ts';
import type { Machine } from './machine.ts';
import type { Swaps } from './swap.ts';
import { SWAP_WINDOW_MS } from './swap-latencies.ts';
import type { SwapMemory } from './swap-memory.ts';
import type { Recomputed } from './windows/measure.ts';

/** What was measured; undefined: a part that was not asked for. */
export interface BenchResults {
  readonly machine: Machine;
  readonly cpu: CpuCost | undefined;
  readonly drain: { readonly backlog: number; readonly scorer: Drained; readonly copy: Drained } | undefined;
  readonly latency: (Latency & { readonly rate: number }) | undefined;
  readonly swap: { readonly underLoad: Swaps; readonly memory: SwapMemory } | undefined;
  readonly windows: readonly Recomputed[] | undefined;
  readonly backlog: BacklogMemory | undefined;
}

/** What the project holds itself to, on two cores shared with the broker. */
const TARGET_PER_SECOND = 25_000;
const TARGET_P95_MS = 40;
const TARGET_P99_MS = 80;
/** p99 during a swap, by the steady one. */
const TARGET_SWAP_RATIO = 2;
/** A month of windows of so many scores is computed anew in minutes, with memory that doesn't grow with the backlog. */
const TARGET_RECOMPUTE = { rows: 10_000_000, seconds: 300, engineMb: 2_048, driftMb: 512 };

/** Memory at a long backlog's end, by that at its begin. */
const TARGET_BACKLOG_RATIO = 1.25;
const BACKLOG_LINES = 12;

type Row = readonly [what: string, measured: string, target: string];

/** The results as a table, each with its target. */
export function describeResults(results: BenchResults): string {
  const { machine, cpu, drain, latency, swap, windows = [], backlog } = results;
  const { cores, cpu: processor, memoryGb, system, node, kafka, load } = machine;
  const rows = [
    ...(cpu === undefined ? [] : describeCpu(cpu)),
    ...(drain === undefined ? [] : describeDrain(drain)),
    ...(latency === undefined ? [] : describeLatency(latency)),
    ...(swap === undefined ? [] : [...describeSwaps(swap.underLoad), ...describeMemory(swap.memory)]),
    ...windows.flatMap(describeRecomputed),
    ...(backlog === undefined ? [] : describeBacklog(backlog)),
  ];
  const lines = rows.map(
    ([what, measured, target]) => `${what.padEnd(30)}${measured.padStart(18)}   ${target}`,
  );
  return [
    `${cores} cores (${processor}), ${memoryGb} GB, ${system}; Node ${node}; Kafka ${kafka}, one broker on the same machine`,
    ...(load > cores / 2
      ? [
          `the machine was busy (load ${load.toFixed(1)} before the run): rates come out too low, latencies too high`,
        ]
      : []),
    '',
    ...lines,
  ].join('\n');
}

function describeCpu({ microsecondsByStage, leadsPerSecond }: CpuCost): Row[] {
  return [
    ['one core, without brokers', `${count(leadsPerSecond)} leads/s`, ''],
    ...Object.entries(microsecondsByStage).map(([stage, us]): Row => [
      `  ${stage}`,
      `${us.toFixed(2)} µs a lead`,
      '',
    ]),
  ];
}

function describeBacklog({ leads, seconds, samples }: BacklogMemory): Row[] {
  const { firstMb, lastMb, mostMb } = compareThirds(samples);
  const every = Math.max(1, Math.floor(samples.length / BACKLOG_LINES));
  return [
    ['a backlog of', `${count(leads)} leads`, ''],
    ['  with start-up', `${count(leads / seconds)} leads/s`, ''],
    ['  memory, its first third', `${Math.round(firstMb)} MB`, ''],
    ['  its last third', `${Math.round(lastMb)} MB`, `≤ ${Math.round(firstMb * TARGET_BACKLOG_RATIO)} MB`],
    ['  at most', `${Math.round(mostMb)} MB`, ''],
    ...samples
      .filter((_, i) => i % every === 0)
      .map((of): Row => [
        `  after ${Math.round(of.seconds)} s`,
        `${Math.round(of.rssMb)} MB`,
        `${count(of.lag)} wait`,
      ]),
  ];
}

function describeDrain({ backlog, scorer, copy }: NonNullable<BenchResults['drain']>): Row[] {
  return [
    ['drained, exactly once', `${count(scorer.perSecond)} leads/s`, `≥ ${count(TARGET_PER_SECOND)}`],
    ['  with start-up', `${count(backlog / scorer.secondsWithStart)} leads/s`, ''],
    ['  leads', `${count(scorer.records)} of ${count(backlog)}`, 'all'],
    ['plain copy, same client', `${count(copy.perSecond)} records/s`, ''],
    ['scorer to plain copy', (scorer.perSecond / copy.perSecond).toFixed(2), ''],
  ];
}

function describeLatency(latency: NonNullable<BenchResults['latency']>): Row[] {
  return [
    [`latency at ${latency.rate}/s, p50`, milliseconds(latency.p50Ms), ''],
    ['  p95', milliseconds(latency.p95Ms), `< ${TARGET_P95_MS} ms`],
    ['  p99', milliseconds(latency.p99Ms), `< ${TARGET_P99_MS} ms`],
    ['  max', milliseconds(latency.maxMs), ''],
    ['  arrived', `${count(latency.arrived)} of ${count(latency.events)}`, 'all'],
  ];
}

function describeSwaps({ steady, during, p99MsBySwap, ...swaps }: Swaps): Row[] {
  const ratio = during.p99Ms / steady.p99Ms;
  const worst = Math.max(...p99MsBySwap);
  const faults = swaps.lost + swaps.duplicates + swaps.outOfOrder;
  return [
    [`${swaps.swaps} swaps at ${count(swaps.rate)}/s, steady p99`, milliseconds(steady.p99Ms), ''],
    [`  p99 within ${SWAP_WINDOW_MS / 1_000} s of a swap`, milliseconds(during.p99Ms), ''],
    ['  by the steady one', ratio.toFixed(2), `< ${TARGET_SWAP_RATIO}`],
    ['  p99 of the worst swap', milliseconds(worst), ''],
    ['  max, steady', milliseconds(steady.maxMs), ''],
    ['  max, swaps', milliseconds(during.maxMs), ''],
    ['  p50, steady and swaps', `${steady.p50Ms.toFixed(1)}, ${milliseconds(during.p50Ms)}`, ''],
    ['  decision to first score', milliseconds(swaps.slowestMs), '< 2,000 ms'],
    ['  lost, doubled, out of order', `${count(faults)} of ${count(swaps.leads)}`, '0'],
    ['  back and forth', count(swaps.extraChanges), '0'],
  ];
}

function describeMemory({ samples }: SwapMemory): Row[] {
  return samples.map(({ swaps, rssMb, heapMb }) => [
    `memory after ${swaps} swaps`,
    `${rssMb.toFixed(0)} MB, V8 ${heapMb.toFixed(0)}`,
    '',
  ]);
}

function describeRecomputed({ rows, windows, seconds, longestTurnMs, engine, drift }: Recomputed): Row[] {
  const target = TARGET_RECOMPUTE;
  const isTarget = rows === target.rows;
  return [
    [
      `${count(windows)} windows, ${count(rows)} scores`,
      `${seconds.toFixed(1)} s`,
      isTarget ? `< ${target.seconds} s` : '',
    ],
    ['  CPU of engine and drift', `${engine.cpuSeconds.toFixed(0)}, ${drift.cpuSeconds.toFixed(0)} s`, ''],
    ['  longest turn', milliseconds(longestTurnMs), ''],
    [
      '  engine, before and peak',
      `${engine.beforeMb.toFixed(0)}, ${engine.peakMb.toFixed(0)} MB`,
      `< ${count(target.engineMb)} MB`,
    ],
    ['  drift, peak', `${drift.peakMb.toFixed(0)} MB`, `< ${target.driftMb} MB`],
  ];
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
