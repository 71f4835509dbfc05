import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { watchEnds } from './ends.ts';
import { sendSignal } from './send-signal.ts';
import type { CrashPoint } from '@scoreline/runtime/testing/crash-point.ts';

/** What a member of the crew runs. */
export type CrewRole = 'scorer' | 'shadow' | 'drift';

/** A service, which can be ended in every way that a process ends. */
export interface Member {
  readonly name: string;
  readonly role: CrewRole;
  /** Of its HTTP interface. */
  readonly url: string;
  /** Process id; undefined while it doesn't run. */
  pid(): number | undefined;
  start(more?: Readonly<Record<string, string>>, nodeArgs?: readonly string[]): Promise<void>;
  untilReady(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Lets it end by itself, as `kill -9` does, at the next passing of a point; 'nowhere' takes that back. */
  arm(point: CrashPoint | 'nowhere'): void;
  /** Sets its wall clock off by so much. */
  shiftClock(byMs: number): void;
  /** Whether it has ended by itself within the time. */
  hasEnded(withinMs: number): Promise<boolean>;
  /** From now on it may end by itself: the fault is such; what it gives takes that back. */
  allowEnd(): () => void;
  /** Ends that nobody had ordered, in words. */
  strayEnds(): readonly string[];
}

const RUNTIME = join(import.meta.dirname, '../../../runtime');
const KAFKA_POINTS = join(RUNTIME, 'kafka/testing/crash-points.ts');
const CLICKHOUSE_POINTS = join(RUNTIME, 'clickhouse/testing/crash-points.ts');
const SHIFT_CLOCK = join(import.meta.dirname, 'shift-clock.ts');
const LOAD_MUTANT = join(import.meta.dirname, 'load-mutant.ts');
/** The registry says what production scores by. */
const COMMON = { MODEL: '', CANDIDATE: 'bank-leads@1.1.0', LOG_LEVEL: 'info' };

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
  const clockFile = join(folder, `${name}.clock`);
  const ends = watchEnds(name);
  let running: ServiceProcess | undefined;
  const tell = (file: string, text: string, signal: NodeJS.Signals): void => {
    writeFileSync(file, text);
    send(running, signal);
  };
  const gone = async (): Promise<void> => {
    await running?.exited;
    running = undefined;
  };
  const watch = async (started: ServiceProcess): Promise<void> => {
    ends.ended(await started.exited);
    if (running === started) running = undefined;
  };
  const kill = async (): Promise<void> => {
    ends.allow();
    send(running, 'SIGKILL');
    await gone();
  };
  return {
    name,
    role,
    url: `http://127.0.0.1:${port}`,
    kill,
    pid: () => running?.pid,
    async start(more = {}, nodeArgs = []) {
      const started = await startService(role, {
        env: {
          ...process.env,
          ...env,
          ...COMMON,
          MODELS_CACHE: join(folder, 'models-cache'),
          CRASH_POINT_FILE: pointFile,
          CLOCK_FILE: clockFile,
          MUTANT: mutant,
          ...more,
        },
        port,
        logFolder: folder,
        nodeArgs: [...imports(modulesOf(role, mutant)), ...nodeArgs],
      });
      running = started;
      ends.started();
      void watch(started);
    },
    async untilReady() {
      await running?.untilReady();
    },
    async stop() {
      ends.allow();
      await running?.stop();
      running = undefined;
    },
    signal: (signal) => send(running, signal),
    arm(point) {
      ends.arm(point !== 'nowhere');
      tell(pointFile, point, 'SIGUSR2');
    },
    shiftClock: (byMs) => tell(clockFile, String(byMs), 'SIGHUP'),
    async hasEnded(withinMs) {
      const watched = running;
      if (watched === undefined) return true;
      const { promise: late, resolve } = Promise.withResolvers<false>();
      const timer = setTimeout(() => resolve(false), withinMs);
      const hasEnded = await Promise.race([watched.exited.then(() => true), late]);
      clearTimeout(timer);
      return hasEnded;
    },
    allowEnd: ends.allow,
    strayEnds: ends.stray,
  };
}

function send(running: ServiceProcess | undefined, signal: NodeJS.Signals): void {
  if (running !== undefined) sendSignal(running.pid, signal);
}

/** The mutant before the crash points, which load what it changes. */
function modulesOf(role: CrewRole, mutant: string | undefined): string[] {
  return [
    SHIFT_CLOCK,
    ...(mutant === undefined ? [] : [LOAD_MUTANT]),
    KAFKA_POINTS,
    ...(role === 'drift' ? [CLICKHOUSE_POINTS] : []),
  ];
}

function imports(files: readonly string[]): string[] {
  return files.flatMap((file) => ['--import', file]);
}
