import { parseArgs } from 'node:util';

/**
 * What can be measured: a lead's cost without brokers, a backlog drained, latencies of a quiet stream, swaps of the
 * model under load, a month of windows, memory along a backlog of millions.
 */
const PARTS = ['cpu', 'drain', 'latency', 'swap', 'windows', 'backlog'] as const;
/** It takes minutes and gigabytes of disk: only where it is asked for. */
const STANDARD_PARTS = PARTS.filter((part) => part !== 'backlog');
export type BenchPart = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: ReadonlySet<BenchPart>;
  /** Leads of the backlog; undefined: each part's own measure. */
  readonly backlog: number | undefined;
  /** Lead events a second while latencies are measured. */
  readonly rate: number;
  readonly seconds: number;
  /** Lead events a second while models are swapped, and how often they are. */
  readonly swapRate: number;
  readonly swaps: number;
  /** How often while memory is watched. */
  readonly memorySwaps: number;
  /** Scores of a month whose windows are computed anew, smallest first. */
  readonly windowRows: readonly number[];
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the scorer's CPU profile of the drained backlog, or of the swaps, goes. */
  readonly cpuProfile: string | undefined;
}

const USAGE = `usage: npm run bench -- [${PARTS.join('] [')}] (default: all but backlog)
  [--backlog 200000, or 5000000 for backlog] [--rate 300] [--seconds 30] [--swap-rate 2000] [--swaps 10] [--memory-swaps 100]
  [--window-rows 1000000,3000000,10000000]
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
      rate: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '30' },
      'swap-rate': { type: 'string', default: '2000' },
      swaps: { type: 'string', default: '10' },
      'memory-swaps': { type: 'string', default: '100' },
      'window-rows': { type: 'string', default: '1000000,3000000,10000000' },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  return {
    parts: new Set(positionals.length === 0 ? STANDARD_PARTS : positionals.map(readPart)),
    backlog: values.backlog === undefined ? undefined : readCount(values.backlog),
    rate: readCount(values.rate),
    seconds: readCount(values.seconds),
    swapRate: readCount(values['swap-rate']),
    swaps: readCount(values.swaps, MAX_SWAPS),
    memorySwaps: readCount(values['memory-swaps']),
    windowRows: values['window-rows'].split(',').map((text) => readCount(text)),
    json: values.json,
    cpuProfile: values['cpu-prof'],
  };
}

function readPart(text: string): BenchPart {
  const part = PARTS.find((each) => each === text);
  if (part === undefined) throw new Error(`${text} is no part of the bench\n${USAGE}`);
  return part;
}

function readCount(text: string, most = Infinity): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new Error(`${text} is no whole number\n${USAGE}`);
  if (count > most) throw new Error(`${text} is more than ${most}\n${USAGE}`);
  return count;
}
