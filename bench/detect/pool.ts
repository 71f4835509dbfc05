import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { JobName, JobResult, JobTask } from './jobs.ts';

/**
 * Runs tasks of one job on so many threads; results in the order of the tasks, whichever thread was faster. A task
 * that throws ends the run with its error.
 */
export async function runTasks<Name extends JobName>(
  job: Name,
  tasks: readonly JobTask<Name>[],
  threads: number,
): Promise<readonly JobResult<Name>[]> {
  const results: JobResult<Name>[] = [];
  const waiting = [...tasks.entries()];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url));
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [position, task] = next;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
        worker.postMessage({ job, task });
        // An uncaught error of the worker rejects.
        const [result] = (await once(worker, 'message')) as [JobResult<Name>];
        results[position] = result;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return results;
}
