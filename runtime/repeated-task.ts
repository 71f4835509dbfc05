/** A task that is repeated until it is stopped, never twice at once. */
export interface RepeatedTask {
  start(): void;
  /** Waits for the turn that is under way. */
  stop(): Promise<void>;
  /** The error of the last turn; undefined where it went well. */
  problem(): string | undefined;
}

/**
 * Runs `turn` again and again, `everyMs` after the last turn's end, or at once where it says that there is more to do.
 * A turn that throws is told and tried again, after longer and longer pauses up to `maxPauseMs`: what it does must be
 * safe to repeat.
 */
export function createRepeatedTask(options: {
  readonly turn: () => Promise<'done' | 'more'>;
  readonly everyMs: number;
  readonly maxPauseMs: number;
  readonly onError: (error: unknown) => void;
}): RepeatedTask {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;
  let failedPauseMs = options.everyMs;
  let problem: string | undefined;

  const run = async (): Promise<void> => {
    try {
      const outcome = await options.turn();
      problem = undefined;
      failedPauseMs = options.everyMs;
      schedule(outcome === 'more' ? 0 : options.everyMs);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      failedPauseMs = Math.min(2 * failedPauseMs, options.maxPauseMs);
      options.onError(error);
      schedule(failedPauseMs);
    }
  };
  const schedule = (pauseMs: number): void => {
    if (!stopped) timer = setTimeout(() => void (running = run()), pauseMs);
  };
  return {
    start: () => schedule(options.everyMs),
    problem: () => problem,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
