/**
 * Makes a field of a class that holds a wall-clock time (past or to come; null: none) move with that clock when it is
 * set. kafkajs 2.2.4 counts by the wall clock: where that is set back by an hour, a member sends no heartbeat for an
 * hour (it is expelled, never hears of it, and takes its partitions from their new owners again and again), and
 * brokers' leaders that were learnt before count as fresh for an hour.
 */
export function followClock(prototype: object, field: string): void {
  /** On the clock that nobody sets. */
  const times = new WeakMap<object, number>();
  Object.defineProperty(prototype, field, {
    configurable: true,
    get(this: object) {
      const time = times.get(this);
      return time === undefined ? null : Date.now() + (time - performance.now());
    },
    set(this: object, wallMs: number | null) {
      if (wallMs === null) times.delete(this);
      else times.set(this, performance.now() + (wallMs - Date.now()));
    },
  });
}
