import type { Drained } from './drain.ts';
import type { Latency } from './latency.ts';
import type { Machine } from './machine.ts';

export interface BenchResults {
  readonly machine: Machine;
  readonly backlog: number;
  readonly rate: number;
  readonly scorer: Drained;
  readonly copy: Drained;
  readonly latency: Latency;
}

/** What the project holds itself to, on two cores shared with the broker. */
const TARGET_PER_SECOND = 25_000;
const TARGET_P95_MS = 40;
const TARGET_P99_MS = 80;

/** The results as a table, each with its target. */
export function describeResults({ machine, backlog, rate, scorer, copy, latency }: BenchResults): string {
  const { cores, cpu, memoryGb, system, node, kafka, load } = machine;
  const rows: readonly (readonly [what: string, measured: string, target: string])[] = [
    ['drained, exactly once', `${count(scorer.perSecond)} leads/s`, `≥ ${count(TARGET_PER_SECOND)}`],
    ['  with start-up', `${count(backlog / scorer.secondsWithStart)} leads/s`, ''],
    ['plain copy, same client', `${count(copy.perSecond)} records/s`, ''],
    ['scorer to plain copy', (scorer.perSecond / copy.perSecond).toFixed(2), ''],
    [`latency at ${rate}/s, p50`, milliseconds(latency.p50Ms), ''],
    ['  p95', milliseconds(latency.p95Ms), `< ${TARGET_P95_MS} ms`],
    ['  p99', milliseconds(latency.p99Ms), `< ${TARGET_P99_MS} ms`],
    ['  max', milliseconds(latency.maxMs), ''],
    ['  arrived', `${count(latency.arrived)} of ${count(latency.events)}`, 'all'],
  ];
  const lines = rows.map(
    ([what, measured, target]) => `${what.padEnd(26)}${measured.padStart(18)}   ${target}`,
  );
  return [
    `${cores} cores (${cpu}), ${memoryGb} GB, ${system}; Node ${node}; Kafka ${kafka}, one broker on the same machine`,
    `backlog: ${count(backlog)} leads; drained ${count(scorer.records)}, copied ${count(copy.records)}`,
    ...(load > cores / 2
      ? [
          `the machine was busy (load ${load.toFixed(1)} before the run): rates come out too low, latencies too high`,
        ]
      : []),
    '',
    ...lines,
  ].join('\n');
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
