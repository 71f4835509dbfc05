/** What is added to a buffer: anything that says how many rows it will become. */
export interface Buffered {
  readonly rowCount: number;
}

export interface RowBufferOptions<T extends Buffered> {
  /** Writes all these together; a throw fails each of their `add`s. */
  readonly flush: (parts: readonly T[]) => Promise<void>;
  /** Flushed as soon as it holds this many rows; ClickHouse wants inserts of 1,000 rows or more … */
  readonly minRows: number;
  /** … or this long apart. */
  readonly maxWaitMs: number;
  /** Most rows of one flush, unless a single part has more. */
  readonly maxRows: number;
}

export interface RowBuffer<T extends Buffered> {
  /** Resolves once the part has been flushed, together with others that came meanwhile. */
  add(part: T): Promise<void>;
}

interface Waiting<T> {
  readonly part: T;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Group commit: partitions that are read side by side share large inserts. What waits is bounded by the readers, as
 * each waits for its own part before it reads on.
 */
export function createRowBuffer<T extends Buffered>(options: RowBufferOptions<T>): RowBuffer<T> {
  let waiting: Waiting<T>[] = [];
  let flushing = false;
  let timer: NodeJS.Timeout | undefined;
  // By the clock that nobody sets: after one that is set back, a row would wait for as long as it went.
  let lastFlushAtMs = -Infinity;

  const pump = (): void => {
    if (flushing || waiting.length === 0) return;
    const waitMs =
      rowsOf(waiting) >= options.minRows ? 0 : lastFlushAtMs + options.maxWaitMs - performance.now();
    if (waitMs > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        pump();
      }, waitMs);
      return;
    }
    void flushNext();
  };
  const flushNext = async (): Promise<void> => {
    flushing = true;
    const taken = takeUpTo(waiting, options.maxRows);
    waiting = waiting.slice(taken.length);
    try {
      await options.flush(taken.map(({ part }) => part));
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    flushing = false;
    lastFlushAtMs = performance.now();
    pump();
  };
  return {
    add(part) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ part, resolve, reject });
      pump();
      return promise;
    },
  };
}

function takeUpTo<T extends Buffered>(waiting: readonly Waiting<T>[], maxRows: number): Waiting<T>[] {
  let rows = 0;
  const end = waiting.findIndex(({ part }, i) => {
    rows += part.rowCount;
    return i > 0 && rows > maxRows;
  });
  return waiting.slice(0, end === -1 ? waiting.length : end);
}

function rowsOf<T extends Buffered>(waiting: readonly Waiting<T>[]): number {
  return waiting.reduce((rows, { part }) => rows + part.rowCount, 0);
}
