import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { FuzzTargetName } from './target.ts';
import { TARGETS } from './targets.ts';

/** What `npm run fuzz` was asked to do. */
export interface FuzzOptions {
  /** Of each target. */
  readonly seconds: number;
  readonly seed: number;
  readonly targets: readonly FuzzTargetName[];
  readonly jsonFile: string | undefined;
}

const USAGE = 'usage: npm run fuzz -- [--seconds N] [--seed N] [--target NAME]… [--json FILE]';
const DEFAULT_SECONDS = 30;

/** Reads the flags; throws with the usage where one is wrong. */
export function readFuzzOptions(args: readonly string[]): FuzzOptions {
  const { seconds, seed, target, json } = parseFlags(args);
  return {
    seconds: readNumber('seconds', seconds) ?? DEFAULT_SECONDS,
    seed: readNumber('seed', seed) ?? randomInt(2 ** 31),
    targets: target?.map(readTarget) ?? TARGETS.map(({ name }) => name),
    jsonFile: json,
  };
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { seconds: text, seed: text, json: text, target: { ...text, multiple: true } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readTarget(text: string): FuzzTargetName {
  const names = TARGETS.map(({ name }) => name);
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`--target ${text}: one of ${names.join(', ')}\n${USAGE}`);
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} ${text}: a whole number, 0 or above\n${USAGE}`);
}
