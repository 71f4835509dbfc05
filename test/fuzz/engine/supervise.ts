import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FuzzTargetName } from '../target.ts';
import type { CampaignSummary } from './campaign.ts';
import { type Failure, signatureOf } from './check-input.ts';
import { createFlightRecorder, type FlightRecorder } from './flight-recorder.ts';
import type { WorkerNews, WorkerTask } from './worker.ts';

/** A way to fail and an input that does. */
export interface Finding {
  readonly failure: Failure;
  readonly input: Buffer;
}

export interface TargetResult {
  readonly target: FuzzTargetName;
  readonly seconds: number;
  readonly inputs: number;
  readonly seedCoverage: number;
  readonly coverage: number;
  /** Inputs that reached code that no earlier one had. */
  readonly reached: readonly Buffer[];
  readonly findings: readonly Finding[];
}

export interface FuzzOrder {
  readonly target: FuzzTargetName;
  readonly known: readonly Buffer[];
  readonly seed: number;
  readonly seconds: number;
}

/** A thread that has been at one input for as long hangs, also on a busy machine. */
const HANG_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
/** Each ends the thread: past these the target is broken, not unlucky. */
const MAX_DEATHS = 5;
/** What is given up again at once is seen by this alone: no input may cost as much at any moment. */
const HEAP_MB = 448;

/**
 * Fuzzes one target in a thread of its own, so that an input that hangs it or takes all of its memory is a finding
 * and not the end; then a new thread goes on.
 */
export async function fuzzTarget(order: FuzzOrder, signal: AbortSignal): Promise<TargetResult> {
  const started = Date.now();
  const deadlineMs = started + order.seconds * 1_000;
  const findings: Finding[] = [];
  const reached: Buffer[] = [];
  // A thread that takes over meets what the one before it met.
  const find = (found: Finding): void => {
    const signature = signatureOf(found.failure);
    if (findings.every(({ failure }) => signatureOf(failure) !== signature)) findings.push(found);
  };
  let [inputs, seedCoverage, coverage] = [0, 0, 0];
  for (let deaths = 0; deaths < MAX_DEATHS && Date.now() < deadlineMs && !signal.aborted; deaths += 1) {
    const recorder = createFlightRecorder();
    const task: WorkerTask = {
      target: order.target,
      known: [...order.known, ...reached],
      seed: order.seed + deaths,
      deadlineMs,
      memory: recorder.memory,
    };
    const end = await runThread(task, recorder, signal, (news) => {
      if (news.news === 'reached') reached.push(Buffer.from(news.input));
      if (news.news === 'failure') find({ failure: news.failure, input: Buffer.from(news.input) });
    });
    inputs += recorder.begun();
    if ('coverage' in end) ({ seedCoverage, coverage } = end);
    else find({ failure: end, input: recorder.current() });
  }
  const seconds = (Date.now() - started) / 1_000;
  return { target: order.target, seconds, inputs, seedCoverage, coverage, reached, findings };
}

/** Runs a thread to its end: its summary, or what ended it. */
async function runThread(
  task: WorkerTask,
  recorder: FlightRecorder,
  signal: AbortSignal,
  onNews: (news: WorkerNews) => void,
): Promise<CampaignSummary | Failure> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let summary: CampaignSummary | undefined;
  let failure: Failure | undefined;
  worker.on('message', (news: WorkerNews) => {
    if (news.news === 'done') ({ summary } = news);
    else onNews(news);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    failure = { kind: outOfMemory ? 'ran out of memory' : 'threw', message: String(error.stack ?? error) };
  });
  const watch = watchForHang(recorder, () => {
    failure = { kind: 'hung', message: `for more than ${HANG_MS / 1_000} s at one input` };
    void worker.terminate();
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop);
  await once(worker, 'exit').catch(() => {});
  signal.removeEventListener('abort', stop);
  clearInterval(watch);
  return summary ?? failure ?? { kind: 'threw', message: 'the thread ended without a word' };
}

function watchForHang(recorder: FlightRecorder, onHang: () => void): NodeJS.Timeout {
  let begun = -1;
  let sinceMs = Date.now();
  return setInterval(() => {
    const now = recorder.begun();
    if (now !== begun) [begun, sinceMs] = [now, Date.now()];
    // Before the first input, the target is being opened.
    else if (now > 0 && Date.now() - sinceMs > HANG_MS) onHang();
  }, LOOK_EVERY_MS);
}
