import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import type { CrashPoint } from '@scoreline/runtime/kafka/testing/crash-points.ts';

/** What a member of the crew runs. */
export type CrewRole = 'scorer' | 'shadow';

/** A scorer or a shadow, which can be ended in every way that a process ends. */
export interface Member {
  readonly name: string;
  readonly role: CrewRole;
  /** Process id; undefined while it doesn't run. */
  pid(): number | undefined;
  start(more?: Readonly<Record<string, string>>, nodeArgs?: readonly string[]): Promise<void>;
  untilReady(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Lets it end by itself, as `kill -9` does, at the next passing of a point; resolves when it has. */
  crashAt(point: CrashPoint, withinMs: number): Promise<boolean>;
}

const CRASH_POINTS = join(import.meta.dirname, '../../../runtime/kafka/testing/crash-points.ts');
const LOAD_MUTANT = join(import.meta.dirname, 'load-mutant.ts');
const PINNED = { MODEL: 'bank-leads@1.0.0', CANDIDATE: 'bank-leads@1.1.0', LOG_LEVEL: 'info' };

interface CrewContext {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** One of MUTANTS, which its program is. */
  readonly mutant: string | undefined;
}

/** A member that doesn't run yet; its log is in `folder`. */
export async function createMember(
  name: string,
  role: CrewRole,
  { env, folder, mutant }: CrewContext,
): Promise<Member> {
  const [port = 0] = await findFreePorts(1);
  const pointFile = join(folder, `${name}.point`);
  let running: ServiceProcess | undefined;
  const gone = async (): Promise<void> => {
    await running?.exited;
    running = undefined;
  };
  const kill = async (): Promise<void> => {
    if (running !== undefined) process.kill(running.pid, 'SIGKILL');
    await gone();
  };
  return {
    name,
    role,
    kill,
    pid: () => running?.pid,
    async start(more = {}, nodeArgs = []) {
      running = await startService(role, {
        env: { ...process.env, ...env, ...PINNED, CRASH_POINT_FILE: pointFile, MUTANT: mutant, ...more },
        port,
        logFolder: folder,
        // The mutant first: the crash points load what it changes.
        nodeArgs: [
          ...imports(mutant === undefined ? [] : [LOAD_MUTANT]),
          ...imports([CRASH_POINTS]),
          ...nodeArgs,
        ],
      });
    },
    async untilReady() {
      await running?.untilReady();
    },
    async stop() {
      await running?.stop();
      running = undefined;
    },
    signal(signal) {
      if (running !== undefined) process.kill(running.pid, signal);
    },
    async crashAt(point, withinMs) {
      if (running === undefined) return false;
      writeFileSync(pointFile, point);
      process.kill(running.pid, 'SIGUSR2');
      const { promise: late, resolve } = Promise.withResolvers<false>();
      const timer = setTimeout(() => resolve(false), withinMs);
      const hasCrashed = await Promise.race([running.exited.then(() => true), late]);
      clearTimeout(timer);
      if (hasCrashed) running = undefined;
      else await kill();
      return hasCrashed;
    },
  };
}

function imports(files: readonly string[]): string[] {
  return files.flatMap((file) => ['--import', file]);
}
