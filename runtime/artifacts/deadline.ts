import { ArtifactError } from './artifact-error.ts';

/** A signal that aborts with a `timeout` once its time is over, or with its parent. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time anew. */
  refresh(): void;
  /** Lets go of the timer. */
  clear(): void;
}

/** Starts a deadline; `what` goes on from "…", and says what took too long. */
export function startDeadline(timeoutMs: number, what: string, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new ArtifactError('timeout', `${what} within ${timeoutMs} ms`));
  const timer = setTimeout(expire, timeoutMs);
  const { signal: own } = controller;
  return {
    signal: parent === undefined ? own : AbortSignal.any([own, parent]),
    refresh: () => void timer.refresh(),
    clear: () => clearTimeout(timer),
  };
}

/** The promise's outcome, or the signal's reason once it aborts: for calls that may not listen to it. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    throw signal.reason;
  }
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {});
  }
}
