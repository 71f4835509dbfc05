import { createRepeatedTask, type RepeatedTask } from '@scoreline/runtime/repeated-task.ts';

/** A duty that comes back. */
export interface DriftTask<Name extends string> {
  /** In logs and metrics, where it fails. */
  readonly name: Name;
  readonly turn: () => Promise<'done' | 'more'>;
  readonly everyMs: number;
}

/** All periodic duties of the service, each by itself: one that fails stops no other. */
export interface DriftTasks<Name extends string> {
  start(): void;
  /** Waits for the turns that are under way. */
  stop(): Promise<void>;
  /** The error of this one's last turn; undefined where it went well. */
  problem(name: Name): string | undefined;
}

/** A task that fails is tried again after at most so long, or after its own interval. */
const MAX_PAUSE_MS = 10_000;

/** Throws where two have one name: one would never run, and nobody would hear of it. */
export function createDriftTasks<const Name extends string>(
  tasks: readonly DriftTask<Name>[],
  events: { taskFailed(task: string, error: unknown): void },
): DriftTasks<Name> {
  const names = tasks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`two tasks of drift are named '${twice}': rename one of them`);
  const byName = new Map<Name, RepeatedTask>(
    tasks.map(({ name, turn, everyMs }) => {
      const maxPauseMs = Math.max(MAX_PAUSE_MS, everyMs);
      const onError = (error: unknown): void => events.taskFailed(name, error);
      return [name, createRepeatedTask({ turn, everyMs, maxPauseMs, onError })];
    }),
  );
  const all = [...byName.values()];
  return {
    start() {
      for (const task of all) task.start();
    },
    async stop() {
      await Promise.all(all.map((task) => task.stop()));
    },
    problem: (name) => byName.get(name)?.problem(),
  };
}
