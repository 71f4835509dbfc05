import { parseArgs } from 'node:util';
import { locateHome, type StackHome } from '../local/home.ts';

/** What `npm start` was asked to do. */
export interface DemoConfig {
  /** Stop after the summary, with a status that says whether every lead was scored exactly once. */
  readonly once: boolean;
  readonly summaryFile: string | undefined;
  /** Lead events a second; 0: as fast as it goes. */
  readonly rate: number;
  readonly limit: number;
  readonly model: string;
  readonly candidate: string;
  /** Holds the demo's data, apart from that of `npm run stack`. */
  readonly home: StackHome;
  /** The environment that was given: parts named in it are used and not started. */
  readonly env: NodeJS.ProcessEnv;
}

const USAGE = 'usage: npm start -- [--once] [--summary FILE.json] [--rate 3000] [--limit N]';

/** Reads flags and environment; throws with the usage where a flag is wrong. */
export function readDemoConfig(args: readonly string[], env: NodeJS.ProcessEnv): DemoConfig {
  const { values } = parseFlags(args);
  return {
    once: values.once,
    summaryFile: values.summary,
    rate: readAmount('--rate', values.rate),
    limit: values.limit === undefined ? Infinity : readAmount('--limit', values.limit),
    model: env['MODEL'] || 'bank-leads@1.0.0',
    candidate: env['CANDIDATE'] || 'bank-leads@1.1.0',
    home: locateHome(`${locateHome(undefined, env).root}/demo`, env),
    env,
  };
}

function parseFlags(args: readonly string[]): {
  values: { once: boolean; summary?: string; rate: string; limit?: string };
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        summary: { type: 'string' },
        rate: { type: 'string', default: '3000' },
        limit: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readAmount(flag: string, text: string): number {
  const amount = Number(text);
  if (Number.isFinite(amount) && amount >= 0) return amount;
  throw new Error(`${flag} ${text}: a number, 0 or above\n${USAGE}`);
}
