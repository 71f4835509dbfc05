import type { Machine } from './machine.ts';
import type { MeasuredPart } from './part.ts';
import { formatRows } from './table.ts';

/** The machine, and what each part that was asked for measured, under its name. */
export interface BenchResults {
  readonly machine: Machine;
  readonly parts: Readonly<Record<string, MeasuredPart>>;
}

/** The results as a table, each with its target. */
export function describeResults({ machine, parts }: BenchResults): string {
  const { cores, cpu, memoryGb, system, node, kafka, load } = machine;
  return [
    `${cores} cores (${cpu}), ${memoryGb} GB, ${system}; Node ${node}; Kafka ${kafka}, one broker on the same machine`,
    ...(load > cores / 2
      ? [
          `the machine was busy (load ${load.toFixed(1)} before the run): rates come out too low, latencies too high`,
        ]
      : []),
    '',
    ...Object.values(parts).flatMap(({ rows }) => formatRows(rows)),
  ].join('\n');
}

/** The results as a program reads them: the machine, and each part's result by its name. */
export function toJson({ machine, parts }: BenchResults): string {
  const results = Object.entries(parts).map(([name, { result }]) => [name, result] as const);
  return `${JSON.stringify({ machine, ...Object.fromEntries(results) }, null, 2)}\n`;
}
