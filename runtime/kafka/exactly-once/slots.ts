/** Places for what may run at once, first come, first served. */
export interface Slots {
  /** Waits for a place; what it gives leaves it. */
  enter(): Promise<() => void>;
}

export interface SlotsOptions {
  readonly slots: number;
  /** Whoever keeps a place for longer is no longer counted: others don't wait for somebody who is stuck. */
  readonly longestMs: number;
}

/** So many may run at once, each for as long as is usual. */
export function createSlots({ slots, longestMs }: SlotsOptions): Slots {
  let free = slots;
  const waiting: ((leave: () => void) => void)[] = [];
  const take = (): (() => void) => {
    const leave = (): void => {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next(take());
    };
    let timer: NodeJS.Timeout | undefined = setTimeout(leave, longestMs);
    return leave;
  };
  return {
    enter() {
      if (free === 0) return new Promise((resolve) => waiting.push(resolve));
      free -= 1;
      return Promise.resolve(take());
    },
  };
}
