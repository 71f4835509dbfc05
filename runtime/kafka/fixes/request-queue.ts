/** The fields of kafkajs's RequestQueue that the timer needs. */
export interface RequestQueueState {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/** As kafkajs has it: how soon a queue that is full, not throttled, is looked at again. */
const CHECK_PENDING_INTERVAL_MS = 10;

/**
 * Arms the queue's timer only while a request is pending. kafkajs 2.2.4 arms it after every answer and again
 * whenever it fires, with a negative delay: some 900 wake-ups a second on an idle connection, 3 to 5 % of a core,
 * and a TimeoutNegativeWarning. `push` arms it when it queues, so an empty queue needs no timer.
 */
export function scheduleCheck(queue: RequestQueueState): void {
  if (queue.throttleCheckTimeoutId !== null || queue.pending.length === 0) return;
  const throttledMs = queue.throttledUntil - Date.now();
  queue.throttleCheckTimeoutId = setTimeout(
    () => {
      queue.throttleCheckTimeoutId = null;
      queue.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : CHECK_PENDING_INTERVAL_MS,
  );
}
