import { parseArgs } from 'node:util';

/** What can be measured: false alarms where nothing drifts; known drifts; agreement with SciPy and NumPy. */
const PARTS = ['calm', 'known', 'agreement'] as const;
export type DetectPart = (typeof PARTS)[number];

export interface DetectOptions {
  readonly parts: ReadonlySet<DetectPart>;
  /** Simulated months without drift, for each size of window in either world. */
  readonly seeds: number;
  /** Streams for each size of window into which each known drift is put. */
  readonly streams: number;
  /** Months without drift by which each tool's knob is set. */
  readonly calibrationMonths: number;
  /** Leads an hour, ascending; undefined: each part's own. */
  readonly rates: readonly number[] | undefined;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  readonly threads: number;
}

const USAGE = `usage: npm run detect -- [${PARTS.join('] [')}] (default: all)
  [--json FILE] [--quick] [--seeds 200] [--streams 20] [--calibration-months 10]
  [--rates 50,200,1000] [--threads 2]`;
const FULL = { seeds: '200', streams: '20', 'calibration-months': '10' };
const QUICK = { seeds: '2', streams: '1', 'calibration-months': '1' };

/** Reads the flags; throws with the usage where one is wrong. */
export function readDetectOptions(args: readonly string[]): DetectOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      streams: { type: 'string' },
      'calibration-months': { type: 'string' },
      rates: { type: 'string' },
      threads: { type: 'string', default: '2' },
    },
  });
  const defaults = values.quick ? QUICK : FULL;
  return {
    parts: new Set(positionals.length === 0 ? PARTS : positionals.map(readPart)),
    seeds: readCount(values.seeds ?? defaults.seeds),
    streams: readCount(values.streams ?? defaults.streams),
    calibrationMonths: readCount(values['calibration-months'] ?? defaults['calibration-months']),
    rates: values.rates
      ?.split(',')
      .map(readCount)
      .sort((a, b) => a - b),
    json: values.json,
    threads: readCount(values.threads),
  };
}

function readPart(text: string): DetectPart {
  const part = PARTS.find((each) => each === text);
  if (part === undefined) throw new Error(`${text} is no part of detect\n${USAGE}`);
  return part;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${text} is no whole number above 0\n${USAGE}`);
  return count;
}
