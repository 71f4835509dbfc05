import { expect, onTestFinished, test, vi } from 'vitest';
import { asEager, createFetcher, type FetchedBatch } from './fetcher.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const batchOf = (partition: number): FetchedBatch => ({
  topic: 'leads',
  partition,
  messages: [],
  isEmpty: () => false,
});

/** A fetcher whose fetches are answered, and whose batches are done, when the test says. */
function createRoom(waitMs?: number) {
  const fetches: PromiseWithResolvers<readonly FetchedBatch[]>[] = [];
  const atWork = new Map<number, PromiseWithResolvers<void>>();
  const partitionAssignments = new Map<string, number>();
  const fetcher = createFetcher({
    nodeId: 1,
    partitionAssignments,
    workerQueue: {
      getWorkers: () => [],
      async push(...batches) {
        await Promise.all(
          batches.map(({ partition }) => {
            const gate = Promise.withResolvers<void>();
            atWork.set(partition, gate);
            return gate.promise;
          }),
        );
      },
    },
    fetch() {
      const answer = Promise.withResolvers<readonly FetchedBatch[]>();
      fetches.push(answer);
      if (waitMs === undefined) return answer.promise;
      return answer.promise.then((batches) => asEager(batches, waitMs));
    },
  });
  return { fetcher, fetches, atWork, partitionAssignments };
}

test('the next fetch does not wait for what is at work, for an eager consumer', async () => {
  const { fetcher, fetches, atWork } = createRoom(0);
  const started = fetcher.start();
  fetches[0]?.resolve([batchOf(0), batchOf(1)]);
  await turn();
  expect(fetches).toHaveLength(2);
  const stopped = fetcher.stop();
  fetches[1]?.resolve([batchOf(2)]);
  await turn();
  // What had begun is finished, what comes after the stop isn't begun.
  expect([...atWork.keys()]).toEqual([0, 1]);
  for (const gate of atWork.values()) gate.resolve();
  await Promise.all([started, stopped]);
});

test('other consumers are fetched for when all of the last fetch is done, as before', async () => {
  const { fetcher, fetches, atWork } = createRoom();
  const started = fetcher.start();
  fetches[0]?.resolve([batchOf(0), batchOf(1)]);
  await turn();
  expect(fetches).toHaveLength(1);
  for (const gate of atWork.values()) gate.resolve();
  await turn();
  expect(fetches).toHaveLength(2);
  const stopped = fetcher.stop();
  fetches[1]?.resolve([]);
  await Promise.all([started, stopped]);
});

test('one that gathers is fetched for when all is done, or after so long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { fetcher, fetches, atWork } = createRoom(50);
  const started = fetcher.start();
  fetches[0]?.resolve([batchOf(0)]);
  await turn();
  vi.advanceTimersByTime(49);
  await turn();
  expect(fetches).toHaveLength(1);
  vi.advanceTimersByTime(1);
  await turn();
  expect(fetches).toHaveLength(2);
  atWork.get(0)?.resolve();
  fetches[1]?.resolve([batchOf(1)]);
  await turn();
  atWork.get(1)?.resolve();
  await turn();
  expect(fetches).toHaveLength(3);
  const stopped = fetcher.stop();
  fetches[2]?.resolve([]);
  await Promise.all([started, stopped]);
});

test('a failure ends it once nothing is at work any more', async () => {
  const { fetcher, fetches, atWork } = createRoom(0);
  const told: unknown[] = [];
  const started = fetcher.start().catch((error: unknown) => told.push(error));
  fetches[0]?.resolve([batchOf(0), batchOf(1)]);
  await turn();
  atWork.get(0)?.reject('the group rebalances');
  fetches[1]?.resolve([]);
  await turn();
  expect(told).toEqual([]);
  atWork.get(1)?.resolve();
  await started;
  expect(told).toEqual(['the group rebalances']);
  expect(fetches).toHaveLength(2);
});

test("a partition that another broker's fetcher has is left to it", async () => {
  const { fetcher, fetches, atWork, partitionAssignments } = createRoom(0);
  partitionAssignments.set('leads|0', 2);
  const started = fetcher.start();
  fetches[0]?.resolve([batchOf(0), batchOf(1)]);
  await turn();
  expect([...atWork.keys()]).toEqual([1]);
  atWork.get(1)?.resolve();
  const stopped = fetcher.stop();
  fetches[1]?.resolve([]);
  await Promise.all([started, stopped]);
  expect(partitionAssignments).toEqual(new Map([['leads|0', 2]]));
});
