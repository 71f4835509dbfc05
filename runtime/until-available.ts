import pRetry from 'p-retry';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/**
 * Tries until it works, for what a service needs at its start and what may come up later than itself. Each refusal
 * is told to `onRefused`, for /health and the log; an error that `isFinal` is thrown.
 */
export function untilAvailable<T>(
  attempt: () => Promise<T>,
  onRefused: (reason: string) => void,
  isFinal: (error: Error) => boolean = () => false,
): Promise<T> {
  return pRetry(attempt, {
    shouldRetry: ({ error }) => !isFinal(error),
    retries: Number.POSITIVE_INFINITY,
    minTimeout: FIRST_WAIT_MS,
    maxTimeout: LONGEST_WAIT_MS,
    onFailedAttempt: ({ error }) => onRefused(error.message),
  });
}
