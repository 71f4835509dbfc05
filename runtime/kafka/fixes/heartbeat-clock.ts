/** The field of kafkajs's ConsumerGroup that heartbeats are counted by. */
export interface HeartbeatState {
  /** When the last one was sent, by the wall clock. */
  lastRequest: number;
}

/**
 * Gives a class a `lastRequest` that follows the wall clock when that is set. kafkajs 2.2.4 keeps the time at which the
 * last heartbeat was sent: where a clock is set back by an hour, a member sends none for an hour. It is expelled
 * within seconds, never hears of it, and takes its partitions from their new owners, again and again.
 */
export function followClock(prototype: object): void {
  const sentAt = new WeakMap<object, number>();
  Object.defineProperty(prototype, 'lastRequest', {
    configurable: true,
    get(this: HeartbeatState) {
      return Date.now() - (performance.now() - (sentAt.get(this) ?? 0));
    },
    set(this: HeartbeatState) {
      sentAt.set(this, performance.now());
    },
  });
}
