import type { RunningPart } from './part.ts';
import type { PartName } from './ports.ts';
import { identifyProcess } from './process-identity.ts';
import { writeState, type StackState } from './state-file.ts';

/** The parts that run, kept in the state file as well, for `status` and `down`. */
export interface Roster {
  add(part: RunningPart): void;
  listPids(): Record<string, number>;
  stopOne(name: PartName, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** ClickHouse and the registry first, then Kafka, on which the registry's data rest. */
  stopAll(): Promise<void>;
  /** Settles when a part ends that nobody here has stopped. */
  readonly failed: Promise<Error>;
}

/** A roster without parts. */
export function createRoster(stateFile: string): Roster {
  const running = new Map<PartName, RunningPart>();
  const failure = Promise.withResolvers<Error>();

  const save = (): void => {
    const parts: Record<string, { identity: string; port: number }> = {};
    for (const { name, pid, port } of running.values())
      parts[name] = { identity: identifyProcess(pid) ?? `${pid}@`, port };
    writeState(stateFile, parts satisfies StackState['parts']);
  };
  const take = (name: PartName): RunningPart | undefined => {
    const part = running.get(name);
    running.delete(name);
    save();
    return part;
  };
  const stopOne: Roster['stopOne'] = async (name, signal) => {
    const part = take(name);
    if (part === undefined) return;
    if (signal === 'SIGKILL') process.kill(part.pid, 'SIGKILL');
    await part.stop();
  };

  const watch = async (part: RunningPart): Promise<void> => {
    const how = await part.exited;
    if (running.get(part.name) !== part) return;
    take(part.name);
    failure.resolve(new Error(`${part.name} (process ${part.pid}) ${how}; its log: ${part.logFile}`));
  };

  return {
    add(part) {
      running.set(part.name, part);
      save();
      void watch(part);
    },
    listPids: () => Object.fromEntries([...running.values()].map(({ name, pid }) => [name, pid])),
    stopOne,
    async stopAll() {
      await Promise.all([stopOne('clickhouse', 'SIGTERM'), stopOne('registry', 'SIGTERM')]);
      await stopOne('kafka', 'SIGTERM');
    },
    failed: failure.promise,
  };
}
