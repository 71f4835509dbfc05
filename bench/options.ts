import { parseArgs } from 'node:util';
import { AXES, type AxisName } from './growth/shape.ts';

/**
 * What can be measured: a lead's cost without brokers, a backlog drained, latencies of a steady stream, swaps of the
 * model under load, a month of windows, scores into ClickHouse, leads asked for by HTTP, memory along a backlog of
 * millions, how cost grows, what others do with the same leads.
 */
export const PART_NAMES = [
  'cpu',
  'drain',
  'latency',
  'swap',
  'windows',
  'ingest',
  'http',
  'backlog',
  'growth',
  'neighbours',
] as const;
/** They take minutes and gigabytes of disk: only where they are asked for. */
const ON_DEMAND: readonly PartName[] = ['backlog', 'growth', 'neighbours'];
export type PartName = (typeof PART_NAMES)[number];

export interface BenchOptions {
  readonly parts: ReadonlySet<PartName>;
  /** Smaller backlogs, one round: to see that it runs, and what changed by a lot. */
  readonly quick: boolean;
  /** Leads of the backlog; undefined: each part's own measure. */
  readonly backlog: number | undefined;
  /** How often a backlog is drained, and each point of what grows measured. */
  readonly rounds: number;
  /** Leads a second while latencies are measured, one measurement each. */
  readonly rates: readonly number[];
  readonly seconds: number;
  /** At each rate, before it counts. */
  readonly warmUpSeconds: number;
  /** Drained before anything is timed, to warm up the broker. */
  readonly warmUpLeads: number;
  /** Lead events a second while models are swapped, and how often they are. */
  readonly swapRate: number;
  readonly swaps: number;
  /** How often while memory is watched. */
  readonly memorySwaps: number;
  /** Scores of a month whose windows are computed anew, smallest first. */
  readonly windowRows: readonly number[];
  /** What grows, one table each. */
  readonly axes: readonly AxisName[];
  /** A backlog of ten million among them. */
  readonly large: boolean;
  /** What becomes of the ratios beside being told: the baseline's successor, or held against it. */
  readonly baseline: 'store' | 'compare' | 'leave';
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the profile of a scorer at a backlog or a steady stream, or of drift's ingest, goes. */
  readonly cpuProfile: string | undefined;
}

export const USAGE = `usage: npm run bench -- [${PART_NAMES.join('] [')}] (default: all but ${ON_DEMAND.join(', ')})
  [--quick] [--rounds 3] [--backlog 1000000, or 5000000 for backlog, 300000 for ingest]
  [--rates 300,2000] [--seconds 30] [--warm-up-seconds 20] [--warm-up-leads 500000]
  [--swap-rate 2000] [--swaps 10] [--memory-swaps 100]
  [--window-rows 1000000,3000000,10000000]
  [--axes ${AXES.join(',')}] [--large]
  [--store | --compare] [--json FILE] [--cpu-prof FOLDER]
--quick: one round, of smaller backlogs, and a shorter warm-up
--store: the ratios become bench/baseline.json; --compare: fails where one fell below it by more than its noise`;

/** The independent reader is given three minutes. */
const MAX_SWAPS = 24;

const FLAGS = {
  quick: { type: 'boolean', default: false },
  backlog: { type: 'string' },
  rounds: { type: 'string' },
  rates: { type: 'string', default: '300,2000' },
  seconds: { type: 'string', default: '30' },
  'warm-up-seconds': { type: 'string', default: '20' },
  'warm-up-leads': { type: 'string' },
  'swap-rate': { type: 'string', default: '2000' },
  swaps: { type: 'string', default: '10' },
  'memory-swaps': { type: 'string', default: '100' },
  'window-rows': { type: 'string', default: '1000000,3000000,10000000' },
  axes: { type: 'string', default: AXES.join(',') },
  large: { type: 'boolean', default: false },
  store: { type: 'boolean', default: false },
  compare: { type: 'boolean', default: false },
  json: { type: 'string' },
  'cpu-prof': { type: 'string' },
} as const;

/** Reads the flags; throws with the usage where one is wrong. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseFlags(args);
  const { quick, store, compare } = values;
  if (store && compare) throw new Error(`a run either becomes the baseline or is held against it\n${USAGE}`);
  const standard = PART_NAMES.filter((part) => !ON_DEMAND.includes(part));
  return {
    parts: new Set(positionals.length === 0 ? standard : positionals.map(readPart)),
    quick,
    backlog: values.backlog === undefined ? undefined : readCount(values.backlog, 1),
    rounds: readCount(values.rounds ?? (quick ? '1' : '3'), 1),
    rates: readCounts(values.rates),
    seconds: readCount(values.seconds),
    warmUpSeconds: readCount(values['warm-up-seconds']),
    warmUpLeads: readCount(values['warm-up-leads'] ?? (quick ? '100000' : '500000')),
    swapRate: readCount(values['swap-rate']),
    swaps: readCount(values.swaps, 0, MAX_SWAPS),
    memorySwaps: readCount(values['memory-swaps']),
    windowRows: readCounts(values['window-rows']),
    axes: values.axes.split(',').map(readAxis),
    large: values.large,
    baseline: store ? 'store' : compare ? 'compare' : 'leave',
    json: values.json,
    cpuProfile: values['cpu-prof'],
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readPart(text: string): PartName {
  const part = PART_NAMES.find((each) => each === text);
  if (part === undefined) throw new Error(`${text} is no part of the bench\n${USAGE}`);
  return part;
}

function readAxis(text: string): AxisName {
  const axis = AXES.find((each) => each === text);
  if (axis === undefined) throw new Error(`${text} is nothing that can grow\n${USAGE}`);
  return axis;
}

function readCounts(list: string): number[] {
  return list.split(',').map((text) => readCount(text));
}

function readCount(text: string, least = 0, most = Infinity): number {
  const count = Number(text);
  if (!Number.isInteger(count)) throw new Error(`${text} is no whole number\n${USAGE}`);
  if (count < least) throw new Error(`${text} is less than ${least}\n${USAGE}`);
  if (count > most) throw new Error(`${text} is more than ${most}\n${USAGE}`);
  return count;
}
