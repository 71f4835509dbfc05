import { isBusy, type Machine } from './machine.ts';
import type { MeasuredPart, Ratios } from './part.ts';
import { formatSpread } from './spread.ts';
import { formatRows, type Row } from './table.ts';

/** The machine, and what each part that was asked for measured, under its name. */
export interface BenchResults {
  readonly machine: Machine;
  readonly parts: Readonly<Record<string, MeasuredPart>>;
}

/** The results as a table, each with its target, and the ratios. */
export function describeResults(results: BenchResults): string {
  const { cores, cpu, memoryGb, system, node, kafka, busyCores } = results.machine;
  const rows = Object.values(results.parts).flatMap((part) => part.rows);
  const ratios = Object.entries(ratiosOf(results)).map(([name, spread]): Row => [
    name,
    formatSpread(spread, (ratio) => ratio.toFixed(2)),
    '',
  ]);
  return [
    `${cores} cores (${cpu}), ${memoryGb} GB, ${system}; Node ${node}; Kafka ${kafka}, one broker on the same machine`,
    ...(isBusy(results.machine)
      ? [
          `the machine was busy (${busyCores.toFixed(1)} cores at work before the run): rates come out too low, latencies too high`,
        ]
      : []),
    '',
    ...formatRows([...rows, ...ratios]),
  ].join('\n');
}

/** Of all parts. */
export function ratiosOf({ parts }: BenchResults): Ratios {
  return Object.assign({}, ...Object.values(parts).map(({ ratios }) => ratios)) as Ratios;
}

/** The results as a program reads them: the machine, each part's result by its name, and the ratios. */
export function toJson(results: BenchResults): string {
  const { machine, parts } = results;
  const byName = Object.entries(parts).map(([name, { result }]) => [name, result] as const);
  const all = { machine, ...Object.fromEntries(byName), ratios: ratiosOf(results) };
  return `${JSON.stringify(all, null, 2)}\n`;
}
