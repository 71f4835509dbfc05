import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { locateHome, type StackHome } from '@scoreline/infra/local/home.ts';

/** What `npm run story` was asked to do. */
export interface StoryConfig {
  readonly jsonFile: string | undefined;
  /** Of the moments at which services are killed. */
  readonly seed: number;
  /** Holds the story's data, apart from that of `npm run stack` and of the demo. */
  readonly home: StackHome;
  /** The environment that was given: parts named in it are used and not started. */
  readonly env: NodeJS.ProcessEnv;
}

const USAGE = 'usage: npm run story -- [--json FILE.json] [--seed N]';

/** Reads flags and environment; throws with the usage where a flag is wrong. */
export function readStoryConfig(args: readonly string[], env: NodeJS.ProcessEnv): StoryConfig {
  const { json, seed } = parseFlags(args);
  const home = locateHome(`${locateHome(undefined, env).root}/story`, env);
  return { jsonFile: json, seed: seed === undefined ? randomInt(2 ** 31) : readSeed(seed), home, env };
}

function parseFlags(args: readonly string[]): { json?: string; seed?: string } {
  try {
    const options = { json: { type: 'string' }, seed: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new Error(`--seed ${text}: a whole number, 0 or above\n${USAGE}`);
}
