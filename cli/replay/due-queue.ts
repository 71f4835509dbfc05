interface Entry<T> {
  readonly dueMs: number;
  readonly value: T;
}

/** What waits for its time, the earliest first: a binary heap. */
export interface DueQueue<T> {
  readonly size: number;
  push(dueMs: number, value: T): void;
  /** Takes the earliest if it is due at `nowMs`; undefined otherwise. */
  popDue(nowMs: number): T | undefined;
}

export function createDueQueue<T>(): DueQueue<T> {
  const heap: Entry<T>[] = [];
  return {
    get size() {
      return heap.length;
    },
    push(dueMs, value) {
      heap.push({ dueMs, value });
      siftUp(heap);
    },
    popDue(nowMs) {
      const [first] = heap;
      if (first === undefined || first.dueMs > nowMs) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) siftDown(heap, last);
      return first.value;
    },
  };
}

/** Moves the last entry up to its place. */
function siftUp<T>(heap: Entry<T>[]): void {
  const entry = heap.at(-1);
  if (entry === undefined) return;
  let index = heap.length - 1;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || parent.dueMs <= entry.dueMs) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

/** Puts an entry in the place of the first, and moves it down to its own. */
function siftDown<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const takesRight = right !== undefined && left !== undefined && right.dueMs < left.dueMs;
    const child = takesRight ? right : left;
    if (child === undefined || child.dueMs >= entry.dueMs) break;
    heap[index] = child;
    index = 2 * index + (takesRight ? 2 : 1);
  }
  heap[index] = entry;
}
