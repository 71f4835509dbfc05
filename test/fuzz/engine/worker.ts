import { parentPort, workerData } from 'node:worker_threads';
import { targetOf } from '../targets.ts';
import type { FuzzTargetName } from '../target.ts';
import { type CampaignSummary, runCampaign } from './campaign.ts';
import type { Failure } from './check-input.ts';
import { startCoverage } from './coverage.ts';
import { createFlightRecorder } from './flight-recorder.ts';

/** What a fuzzing thread is started with. */
export interface WorkerTask {
  readonly target: FuzzTargetName;
  readonly known: readonly Uint8Array[];
  readonly seed: number;
  readonly deadlineMs: number;
  readonly memory: SharedArrayBuffer;
}

/** What it tells, in this order: that it begins, what it finds, what it came to. */
export type WorkerNews =
  | { readonly news: 'failure'; readonly failure: Failure; readonly input: Uint8Array }
  | { readonly news: 'reached'; readonly input: Uint8Array }
  | { readonly news: 'done'; readonly summary: CampaignSummary };

const task = workerData as WorkerTask;
const definition = targetOf(task.target);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
const tell = (news: WorkerNews): void => parentPort?.postMessage(news);

const target = await definition.open();
const coverage = startCoverage();
const summary = await runCampaign({
  definition,
  target,
  coverage,
  recorder: createFlightRecorder(task.memory),
  known: task.known.map((input) => Buffer.from(input)),
  seed: task.seed,
  deadlineMs: task.deadlineMs,
  onFailure: (failure, input) => tell({ news: 'failure', failure, input }),
  onReached: (input) => tell({ news: 'reached', input }),
});
coverage.close();
await target.close();
tell({ news: 'done', summary });
