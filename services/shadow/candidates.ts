import { createRefusals, type RefusalEvents } from '@scoreline/pipeline/refusals.ts';
import type { Candidate } from './candidate.ts';

/** The candidates that run side by side, as many as are wanted. */
export interface Candidates {
  /** From now on these run and no others; a start or a stop under way is waited for first. */
  want(refs: readonly string[]): void;
  /** Resolves once what is wanted runs or has failed. */
  settled(): Promise<void>;
  /** Why a wanted candidate doesn't score (yet), by reference. */
  problems(): ReadonlyMap<string, string>;
  running(): readonly string[];
  /** Settles when a candidate that ran can't go on: the process then exits and starts them all anew. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

export interface CandidatesDeps {
  /** Resolves once the candidate scores; `onWaiting` is told what that waits for. */
  readonly start: (ref: string, onWaiting: (reason: string) => void) => Promise<Candidate>;
  /** Whether an error will be the same next time: then the candidate isn't tried again. */
  readonly isFinal: (error: unknown) => boolean;
  readonly events: RefusalEvents;
}

const RETRY_AFTER_MS = 5_000;

/** One start or stop at a time; a candidate that can't start is tried again, a refused package is not. */
export function createCandidates({ start, isFinal, events }: CandidatesDeps): Candidates {
  const refusals = createRefusals(events);
  const running = new Map<string, Candidate>();
  const starting = new Map<string, string>();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  let wanted: readonly string[] = [];
  let work: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;

  const startOne = async (ref: string): Promise<void> => {
    starting.set(ref, 'starting');
    try {
      const candidate = await start(ref, (reason) => void starting.set(ref, reason));
      running.set(ref, candidate);
      starting.delete(ref);
      void candidate.failed.then(fail);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      starting.set(ref, reason);
      refusals.modelUnavailable(ref, reason, isFinal(error));
      if (!isFinal(error)) retry ??= setTimeout(tryAgain, RETRY_AFTER_MS);
    }
  };
  const reconcile = async (): Promise<void> => {
    for (const ref of starting.keys()) if (!wanted.includes(ref)) starting.delete(ref);
    for (const [ref, candidate] of running) {
      if (wanted.includes(ref)) continue;
      running.delete(ref);
      await candidate.stop();
    }
    for (const ref of wanted) if (!running.has(ref)) await startOne(ref);
    refusals.keep(wanted.filter((ref) => !running.has(ref)));
  };
  const tryAgain = (): void => {
    retry = undefined;
    work = work.then(reconcile);
  };
  return {
    failed,
    running: () => [...running.keys()],
    settled: () => work,
    problems() {
      const problems = new Map(starting);
      for (const [ref, candidate] of running) {
        const problem = candidate.notReady();
        if (problem !== undefined) problems.set(ref, problem);
      }
      return problems;
    },
    want(refs) {
      wanted = refs;
      tryAgain();
    },
    async stop() {
      clearTimeout(retry);
      wanted = [];
      tryAgain();
      await work;
    },
  };
}
