import { abortError, ArtifactError } from './artifact-error.ts';
import { untilAborted } from './deadline.ts';

interface Run<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Runs a task once for all who ask for the same key at the same time. One caller's abort ends its own waiting only;
 * the task is aborted when nobody waits any more.
 */
export type SharedRuns<T> = (
  key: string,
  task: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

export function createSharedRuns<T>(): SharedRuns<T> {
  const runs = new Map<string, Run<T>>();
  const start = (key: string, task: (signal: AbortSignal) => Promise<T>): Run<T> => {
    const controller = new AbortController();
    const result = task(controller.signal).finally(() => runs.get(key) === run && runs.delete(key));
    const run: Run<T> = { result, controller, waiting: 0 };
    runs.set(key, run);
    return run;
  };
  return async (key, task, signal) => {
    if (hasAborted(signal)) throw abortError(signal);
    const run = runs.get(key) ?? start(key, task);
    run.waiting += 1;
    try {
      return await (signal === undefined ? run.result : untilAborted(run.result, signal));
    } catch (error) {
      throw hasAborted(signal) ? abortError(signal) : error;
    } finally {
      run.waiting -= 1;
      if (run.waiting === 0) {
        // A later caller must not join a task that is being given up.
        if (runs.get(key) === run) runs.delete(key);
        run.controller.abort(new ArtifactError('aborted', 'nobody waits for this transfer any more'));
      }
    }
  };
}

function hasAborted(signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true;
}
