import { parentPort } from 'node:worker_threads';
import { type JobName, JOBS, type JobTask } from './jobs.ts';

/** A thread of the pool: answers each task with its result. */
parentPort?.on('message', ({ job, task }: { readonly job: JobName; readonly task: unknown }) => {
  const run = JOBS[job] as (task: JobTask<JobName>) => unknown;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
  parentPort?.postMessage(run(task as JobTask<JobName>));
});
