import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { JobName, JobResult, JobTask } from './jobs.ts';

/** A thread that does one job at a time. An error in it rejects. */
export interface Thread {
  run<Name extends JobName>(job: Name, task: JobTask<Name>): Promise<JobResult<Name>>;
  stop(): Promise<void>;
}

/** Histograms of a month outlive a small nursery, and copying them back and forth is a fifth of the time. */
const NURSERY_MB = 192;

/** Starts a thread of worker.ts. */
export function startThread(): Thread {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  });
  return {
    async run<Name extends JobName>(job: Name, task: JobTask<Name>): Promise<JobResult<Name>> {
      const answered = once(worker, 'message') as Promise<[JobResult<Name>]>;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
      worker.postMessage({ job, task });
      const [result] = await answered;
      return result;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** Shares items out among lanes as these become free; results in the order of the items, whichever lane was faster. */
export async function shareOut<Lane, Item, Result>(
  lanes: readonly Lane[],
  items: readonly Item[],
  work: (lane: Lane, item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const runLane = async (lane: Lane): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [position, item] = next;
      results[position] = await work(lane, item);
    }
  };
  await Promise.all(lanes.map(runLane));
  return results;
}
