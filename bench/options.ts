import { parseArgs } from 'node:util';
import { AXES, type AxisName } from './growth/shape.ts';

/**
 * What can be measured: a lead's cost without brokers, a backlog drained, latencies of a steady stream, swaps of the
 * model under load, a month of windows, memory along a backlog of millions, how cost grows.
 */
export const PART_NAMES = ['cpu', 'drain', 'latency', 'swap', 'windows', 'backlog', 'growth'] as const;
/** They take minutes and gigabytes of disk: only where they are asked for. */
const ON_DEMAND: readonly PartName[] = ['backlog', 'growth'];
export type PartName = (typeof PART_NAMES)[number];

export interface BenchOptions {
  readonly parts: ReadonlySet<PartName>;
  /** Leads of the backlog; undefined: each part's own measure. */
  readonly backlog: number | undefined;
  /** Leads a second while latencies are measured, one measurement each. */
  readonly rates: readonly number[];
  readonly seconds: number;
  /** At each rate, before it counts. */
  readonly warmUpSeconds: number;
  /** Drained before the first rate, to warm up broker and scorer. */
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
  /** How often each of their points is measured. */
  readonly rounds: number;
  /** A tenth of their leads, once. */
  readonly quick: boolean;
  /** A backlog of ten million among them. */
  readonly large: boolean;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the scorer's CPU profile of the drained backlog, or of the swaps, goes. */
  readonly cpuProfile: string | undefined;
}

const USAGE = `usage: npm run bench -- [${PART_NAMES.join('] [')}] (default: all but ${ON_DEMAND.join(', ')})
  [--backlog 200000, or 5000000 for backlog]
  [--rates 300,2000] [--seconds 30] [--warm-up-seconds 20] [--warm-up-leads 500000]
  [--swap-rate 2000] [--swaps 10] [--memory-swaps 100]
  [--window-rows 1000000,3000000,10000000]
  [--axes ${AXES.join(',')}] [--rounds 3] [--quick] [--large]
  [--json FILE] [--cpu-prof FOLDER]`;

/** The independent reader is given three minutes. */
const MAX_SWAPS = 24;

/** Reads the flags; throws with the usage where one is wrong. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      backlog: { type: 'string' },
      rates: { type: 'string', default: '300,2000' },
      seconds: { type: 'string', default: '30' },
      'warm-up-seconds': { type: 'string', default: '20' },
      'warm-up-leads': { type: 'string', default: '500000' },
      'swap-rate': { type: 'string', default: '2000' },
      swaps: { type: 'string', default: '10' },
      'memory-swaps': { type: 'string', default: '100' },
      'window-rows': { type: 'string', default: '1000000,3000000,10000000' },
      axes: { type: 'string', default: AXES.join(',') },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  const standard = PART_NAMES.filter((part) => !ON_DEMAND.includes(part));
  return {
    parts: new Set(positionals.length === 0 ? standard : positionals.map(readPart)),
    backlog: values.backlog === undefined ? undefined : readCount(values.backlog),
    rates: readCounts(values.rates),
    seconds: readCount(values.seconds),
    warmUpSeconds: readCount(values['warm-up-seconds']),
    warmUpLeads: readCount(values['warm-up-leads']),
    swapRate: readCount(values['swap-rate']),
    swaps: readCount(values.swaps, MAX_SWAPS),
    memorySwaps: readCount(values['memory-swaps']),
    windowRows: readCounts(values['window-rows']),
    axes: values.axes.split(',').map(readAxis),
    rounds: readCount(values.rounds ?? (values.quick ? '1' : '3')),
    quick: values.quick,
    large: values.large,
    json: values.json,
    cpuProfile: values['cpu-prof'],
  };
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

function readCount(text: string, most = Infinity): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new Error(`${text} is no whole number\n${USAGE}`);
  if (count > most) throw new Error(`${text} is more than ${most}\n${USAGE}`);
  return count;
}
