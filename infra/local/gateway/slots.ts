/** Runs at most so many things at a time and lets at most so many wait, first come first served. */
export interface Slots {
  /** Undefined, without running `work`, when the queue is full. */
  use<T>(work: () => Promise<T>): Promise<T | undefined>;
}

/** A bounded queue before a bounded number of workers. */
export function createSlots(limits: { readonly running: number; readonly waiting: number }): Slots {
  const queue: (() => void)[] = [];
  let running = 0;
  const release = (): void => {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    async use(work) {
      if (running < limits.running) running += 1;
      else if (queue.length >= limits.waiting) return undefined;
      else await new Promise<void>((resume) => queue.push(resume));
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
