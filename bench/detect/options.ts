import { parseArgs } from 'node:util';

/** What can be measured. */
const PARTS = ['calm'] as const;
export type DetectPart = (typeof PARTS)[number];

export interface DetectOptions {
  readonly parts: ReadonlySet<DetectPart>;
  /** Simulated months without drift for each size of window and world. */
  readonly seeds: number;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  readonly threads: number;
}

const USAGE = `usage: npm run detect -- [${PARTS.join('] [')}] (default: all)
  [--json FILE] [--quick] [--seeds 200] [--threads 2]`;
const QUICK_SEEDS = 4;

/** Reads the flags; throws with the usage where one is wrong. */
export function readDetectOptions(args: readonly string[]): DetectOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      threads: { type: 'string', default: '2' },
    },
  });
  return {
    parts: new Set(positionals.length === 0 ? PARTS : positionals.map(readPart)),
    seeds: readCount(values.seeds ?? (values.quick ? `${QUICK_SEEDS}` : '200')),
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
