import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../machine.ts';
import type { BenchOptions } from '../options.ts';
import type { Ratios } from '../part.ts';
import { formatSpread, type Spread } from '../spread.ts';
import { formatRows, type Row } from '../table.ts';
import { type Comparison, compareRatios } from './compare.ts';

/** What a run is held against: no times, which are another machine's, but what they come to by each other. */
export interface Baseline {
  /** ISO date. */
  readonly takenOn: string;
  readonly machine: Machine;
  /** Start-up weighs more in a smaller backlog: only runs alike can be compared. */
  readonly options: ComparedOptions;
  readonly ratios: Ratios;
}

type ComparedOptions = Pick<BenchOptions, 'quick' | 'rounds' | 'backlog'>;

/** A run's ratios beside the baseline's. */
export interface BaselineReport {
  readonly text: string;
  /** Names of the ratios that fell by more than their noise. */
  readonly fallen: readonly string[];
}

const FILE = join(import.meta.dirname, '../baseline.json');

/** The stored baseline; throws, with what to do, where there is none. */
export function readBaseline(): Baseline {
  if (!existsSync(FILE)) throw new Error('there is no baseline yet: npm run bench -- --store makes one');
  return JSON.parse(readFileSync(FILE, 'utf8')) as Baseline;
}

/** Makes a run the baseline. Throws where nothing that was measured has a ratio. */
export function storeBaseline(machine: Machine, options: BenchOptions, ratios: Ratios): void {
  if (Object.keys(ratios).length === 0)
    throw new Error('nothing to store: of what was measured nothing has a ratio; the part drain has');
  const takenOn = new Date().toISOString().slice(0, 10);
  const baseline: Baseline = { takenOn, machine, options: pickCompared(options), ratios };
  writeFileSync(FILE, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** Both side by side. */
export function reportAgainst(baseline: Baseline, options: BenchOptions, ratios: Ratios): BaselineReport {
  const comparisons = compareRatios(baseline.ratios, ratios);
  const { takenOn, machine } = baseline;
  const [theirs, ours] = [JSON.stringify(baseline.options), JSON.stringify(pickCompared(options))];
  const lines = [
    `baseline of ${takenOn}: ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, Kafka ${machine.kafka}, ${machine.busyCores.toFixed(1)} cores busy before it`,
    ...(theirs === ours ? [] : [`it is another measurement: ${theirs} there, ${ours} here`]),
    ...formatRows(comparisons.map(describeRow)),
  ];
  const fallen = comparisons.filter(({ verdict }) => verdict === 'fell').map(({ name }) => name);
  return { text: lines.join('\n'), fallen };
}

function pickCompared({ quick, rounds, backlog }: BenchOptions): ComparedOptions {
  return { quick, rounds, backlog };
}

function describeRow(comparison: Comparison): Row {
  const { name, verdict } = comparison;
  if (verdict === 'not measured') return [name, `${format(comparison.before)} → –`, verdict];
  if (verdict === 'new') return [name, `– → ${format(comparison.now)}`, verdict];
  const { before, now, noise } = comparison;
  return [name, `${format(before)} → ${format(now)}`, `${verdict} (noise ${Math.round(noise * 100)} %)`];
}

function format(spread: Spread): string {
  return formatSpread(spread, (ratio) => ratio.toFixed(2));
}
