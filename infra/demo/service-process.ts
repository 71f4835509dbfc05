import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readLogTail, startChildProcess } from '../local/child-process.ts';

/** The services that the demo runs. */
export type ServiceName = 'scorer' | 'shadow' | 'drift';

export interface ServiceOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Its log lines are appended to `<name>.log` here. */
  readonly logFolder: string;
  /** For the Node that runs it, e.g. --cpu-prof. */
  readonly nodeArgs?: readonly string[];
}

/** A service as a process of its own, which ends when this one does, however that ends. */
export interface ServiceProcess {
  readonly name: ServiceName | 'api' | 'rollout';
  readonly pid: number;
  readonly url: string;
  readonly logFile: string;
  /** Resolves with words that say how it ended. */
  readonly exited: Promise<string>;
  /** Resolves once GET /health answers 200; throws, with the end of its log, when it ends first or takes too long. */
  untilReady(timeoutMs?: number): Promise<void>;
  /** SIGTERM, and what it takes to finish what is at hand. */
  stop(): Promise<void>;
}

/**
 * How services that score are started, as `npm run scorer` has it, for what a backlog does to memory. It is garbage by
 * the gigabyte that hardly outlives its batch: with V8's own choice of a young generation, of 32 MB and more, a scorer
 * was a quarter larger, and no faster. Its buffers come and go by the megabyte, too: glibc keeps what was freed in
 * pieces unless they are mapped one by one (477 to 503 MB along 1.5 million leads before, 414 along 5 million since).
 * Elsewhere the variables say nothing.
 */
export const SCORING_PROCESS = {
  nodeArgs: ['--max-semi-space-size=16'],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' },
} as const;

const REPOSITORY = join(import.meta.dirname, '../..');
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 25_000;
const ASK_EVERY_MS = 100;

/** Starts a service; its variables are `env`'s, HTTP_PORT and, unless given, MODELS_DIR of this repository. */
export async function startService(
  name: ServiceName | 'api' | 'rollout',
  options: ServiceOptions,
): Promise<ServiceProcess> {
  const { env, port, logFolder, nodeArgs = [] } = options;
  const logFile = join(logFolder, `${name}-${port}.log`);
  const own = name === 'scorer' || name === 'shadow' ? SCORING_PROCESS : { nodeArgs: [], env: {} };
  const child = await startChildProcess({
    program: process.execPath,
    args: [...own.nodeArgs, ...nodeArgs, join(REPOSITORY, 'services', name, 'main.ts')],
    env: { MODELS_DIR: join(REPOSITORY, 'models'), ...own.env, ...env, HTTP_PORT: String(port) },
    logFile,
  });
  const url = `http://127.0.0.1:${port}`;
  let end: string | undefined;
  void child.exited.then((how) => (end = how));
  return {
    name,
    pid: child.pid,
    url,
    logFile,
    exited: child.exited,
    stop: () => child.stop(STOP_GRACE_MS),
    async untilReady(timeoutMs = READY_TIMEOUT_MS) {
      const deadline = Date.now() + timeoutMs;
      let reason = 'it does not answer';
      while (reason !== '') {
        if (end !== undefined) throw new Error(`${name} ${end}\n${readLogTail(logFile)}`);
        if (Date.now() > deadline) {
          throw new Error(
            `${name} is not ready after ${timeoutMs / 1000} s: ${reason}\n${readLogTail(logFile)}`,
          );
        }
        await delay(ASK_EVERY_MS);
        reason = await askHealth(url);
      }
    },
  };
}

/** Why the service isn't ready; '' when it is. */
async function askHealth(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    const body = (await response.json()) as { reason?: string };
    return response.ok ? '' : (body.reason ?? `status ${response.status}`);
  } catch {
    return 'it does not answer';
  }
}
