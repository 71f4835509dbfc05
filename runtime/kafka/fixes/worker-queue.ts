/** kafkajs's worker: takes what `next` gives until that is nothing; one that is at work already takes nothing more. */
export interface Worker<Batch> {
  run(source: { readonly next: () => Item<Batch> | undefined }): Promise<void>;
}

interface Item<Batch> {
  readonly batch: Batch;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface WorkerQueue<Batch> {
  /** Resolves when all of them are done; rejects with the first failure once they are. */
  push(...batches: readonly Batch[]): Promise<void>;
  getWorkers(): readonly Worker<Batch>[];
}

/**
 * As kafkajs 2.2.4's, but wakes no worker for which there is nothing: of a thousand (a consumer that takes every
 * partition at once has so many) each cost a promise, a third of a millisecond at every fetch.
 */
export function createWorkerQueue<Batch>({
  workers,
}: {
  readonly workers: readonly Worker<Batch>[];
}): WorkerQueue<Batch> {
  const queue: Item<Batch>[] = [];
  return {
    getWorkers: () => workers,
    async push(...batches) {
      const work = batches.map(
        (batch) => new Promise<void>((resolve, reject) => void queue.push({ batch, resolve, reject })),
      );
      for (const worker of workers) {
        if (queue.length === 0) break;
        void worker.run({ next: () => queue.shift() });
      }
      const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
