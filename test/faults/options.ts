import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { MUTANTS } from './crew/mutants.ts';

/** What `npm run faults` was asked to do. */
export interface FaultOptions {
  readonly jsonFile: string | undefined;
  /** The run is added to those in this file. */
  readonly runsFile: string | undefined;
  readonly seed: number;
  /** Ends after the fault in which this has passed; undefined: after `faults` of them. */
  readonly minutes: number | undefined;
  /** In an order of chance, each once before one comes again; undefined: most of them. */
  readonly faults: number | undefined;
  readonly leadsPerSecond: number;
  /** A fault a minute, and half of the crew is left alone and watched. */
  readonly soak: boolean;
  /** Only these faults, or kinds of faults; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** Breaks the product so; undefined: as it is. */
  readonly mutant: MutantName | undefined;
  /** Runs each mutant, or the one, and is good only where each is found out. */
  readonly prove: boolean;
}

/** How the product can be broken. */
export type MutantName = keyof typeof MUTANTS;

const USAGE =
  'usage: npm run faults -- [--json FILE] [--add-to FILE] [--seed N] [--faults N | --minutes N] [--rate LEADS_PER_SECOND] [--soak] [--only FAULT_OR_KIND]… [--mutant NAME] [--prove]';
const DEFAULT_RATE = 300;

/** Reads the flags; throws with the usage where one is wrong. */
export function readFaultOptions(args: readonly string[]): FaultOptions {
  const flags = parseFlags(args);
  return {
    jsonFile: flags.json,
    runsFile: flags['add-to'],
    only: flags.only,
    mutant: readMutant(flags.mutant),
    prove: flags.prove ?? false,
    soak: flags.soak ?? false,
    seed: readNumber('seed', flags.seed) ?? randomInt(2 ** 31),
    minutes: readNumber('minutes', flags.minutes),
    faults: readNumber('faults', flags.faults),
    leadsPerSecond: readNumber('rate', flags.rate) ?? DEFAULT_RATE,
  };
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    json: text,
    'add-to': text,
    seed: text,
    minutes: text,
    faults: text,
    rate: text,
    only: { type: 'string', multiple: true },
    mutant: text,
    prove: { type: 'boolean' },
    soak: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readMutant(text: string | undefined): MutantName | undefined {
  const names = Object.keys(MUTANTS) as MutantName[];
  if (text === undefined || names.some((name) => name === text)) return text as MutantName | undefined;
  throw new Error(`--mutant ${text}: one of ${names.join(', ')}\n${USAGE}`);
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} ${text}: a whole number, 0 or above\n${USAGE}`);
}
