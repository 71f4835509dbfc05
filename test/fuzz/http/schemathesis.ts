import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface HttpFuzzOptions {
  readonly seed: number;
  /** Requests of each operation, at most; of each way to make them. */
  readonly examples: number;
  /** Of each service. */
  readonly seconds: number;
  readonly required: boolean;
}

const USAGE = 'usage: npm run fuzz:http -- [--seconds N] [--examples N] [--seed N] [--required]';

/** Reads the flags; throws with the usage where one is wrong. */
export function readHttpFuzzOptions(args: readonly string[]): HttpFuzzOptions {
  const text = { type: 'string' } as const;
  const options = { seed: text, examples: text, seconds: text, required: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    return {
      seed: readNumber('seed', values.seed) ?? randomInt(2 ** 31),
      examples: readNumber('examples', values.examples) ?? 50,
      seconds: readNumber('seconds', values.seconds) ?? 120,
      required: values.required ?? false,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`--${name} ${text}: a whole number, 1 or above`);
}

/** Its own notes, and what it holds to be right. */
const FOLDER = fileURLToPath(new URL('../../../.scoreline/fuzz-http', import.meta.url));
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));

/** Runs schemathesis with every check against the service at `url`; whether all held. */
export async function fuzzByOpenApi(python: string, url: string, options: HttpFuzzOptions): Promise<boolean> {
  const flags = {
    checks: 'all',
    'max-examples': options.examples,
    'max-time': options.seconds,
    seed: options.seed,
    'request-timeout': 30,
    'max-response-time': 15,
    warnings: 'off',
  };
  const args = ['-m', 'schemathesis.cli', '--config-file', CONFIG, 'run', `${url}/openapi.json`];
  args.push(...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]));
  const child = spawn(python, [...args, '--continue-on-failure', '--no-color'], {
    stdio: 'inherit',
    cwd: FOLDER,
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status === 0;
}
