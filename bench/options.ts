import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Leads of the backlog. */
  readonly backlog: number;
  /** Lead events a second while latencies are measured. */
  readonly rate: number;
  readonly seconds: number;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the scorer's CPU profile of the drained backlog goes. */
  readonly cpuProfile: string | undefined;
}

const USAGE =
  'usage: npm run bench -- [--backlog 200000] [--rate 300] [--seconds 30] [--json FILE] [--cpu-prof FOLDER]';

/** Reads the flags; throws with the usage where one is wrong. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backlog: { type: 'string', default: '200000' },
      rate: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '30' },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  return {
    backlog: readCount(values.backlog),
    rate: readCount(values.rate),
    seconds: readCount(values.seconds),
    json: values.json,
    cpuProfile: values['cpu-prof'],
  };
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new Error(`${text} is no whole number\n${USAGE}`);
  return count;
}
