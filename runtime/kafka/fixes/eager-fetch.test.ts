import { expect, test } from 'vitest';
import {
  createFetcher,
  EVERY_PARTITION,
  type FetchedBatch,
  type FetchingGroup,
  leaveOutBusy,
  noteWork,
} from './eager-fetch.ts';

const IDLE = { run: async () => {} };
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const batchOf = (partition: number): FetchedBatch => ({ topic: 'leads', partition });

/** A fetcher whose fetches are answered, and whose batches are done, when the test says. */
function createRoom(workers: number) {
  const fetches: PromiseWithResolvers<readonly FetchedBatch[]>[] = [];
  const atWork = new Map<number, PromiseWithResolvers<void>>();
  const partitionAssignments = new Map<string, number>();
  const fetcher = createFetcher({
    nodeId: 1,
    partitionAssignments,
    workerQueue: {
      getWorkers: () => Array.from({ length: workers }, () => IDLE),
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
      return answer.promise;
    },
  });
  return { fetcher, fetches, atWork, partitionAssignments };
}

test('the next fetch does not wait for what is at work, where every partition is taken at once', async () => {
  const { fetcher, fetches, atWork } = createRoom(EVERY_PARTITION);
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
  const { fetcher, fetches, atWork } = createRoom(1);
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

test('a failure ends it once nothing is at work any more', async () => {
  const { fetcher, fetches, atWork } = createRoom(EVERY_PARTITION);
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
  const { fetcher, fetches, atWork, partitionAssignments } = createRoom(EVERY_PARTITION);
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

/** A group of two partitions, the waits and partitions of whose fetches are noted. */
function createGroup(workers = EVERY_PARTITION) {
  const fetched: { readonly waitMs: number; readonly partitions: readonly number[] }[] = [];
  const original = {
    async fetch(this: FetchingGroup) {
      fetched.push({
        waitMs: this.maxWaitTime,
        partitions: [...(this.getActiveTopicPartitions()['leads'] ?? [])],
      });
    },
    getActiveTopicPartitions: () => ({ leads: new Set([0, 1]) }),
  };
  const group: FetchingGroup = { maxWaitTime: 50, ...leaveOutBusy(original) };
  const gates = new Map<number, PromiseWithResolvers<void>>();
  const workerQueue = { getWorkers: () => Array.from({ length: workers }, () => IDLE), push: async () => {} };
  const runner = {
    consumerGroup: group,
    fetchManager: { getFetchers: () => [{ getWorkerQueue: () => workerQueue }] },
    ...noteWork({
      handleBatch({ partition }) {
        const gate = Promise.withResolvers<void>();
        gates.set(partition, gate);
        return gate.promise;
      },
    }),
  };
  return { group, runner, gates, fetched };
}

test('a partition at work is left out of a fetch, which then comes back soon', async () => {
  const { group, runner, gates, fetched } = createGroup();
  await group.fetch(1);
  const working = runner.handleBatch(batchOf(0));
  await group.fetch(1);
  gates.get(0)?.resolve();
  await working;
  await group.fetch(1);
  expect(fetched).toEqual([
    { waitMs: 50, partitions: [0, 1] },
    { waitMs: 3, partitions: [1] },
    { waitMs: 50, partitions: [0, 1] },
  ]);
});

test('where all are at work, it is fetched when one has ended', async () => {
  const { group, runner, gates, fetched } = createGroup();
  group.maxWaitTime = 60_000;
  const working = [runner.handleBatch(batchOf(0)), runner.handleBatch(batchOf(1))];
  const fetching = group.fetch(1);
  await turn();
  expect(fetched).toEqual([]);
  gates.get(1)?.resolve();
  await fetching;
  expect(fetched).toEqual([{ waitMs: 3, partitions: [1] }]);
  gates.get(0)?.reject(new Error('fails'));
  await Promise.allSettled(working);
  await group.fetch(1);
  expect(fetched).toHaveLength(2);
});

test('while all are at work for long, the group is asked now and then all the same', async () => {
  const { group, runner, gates, fetched } = createGroup();
  group.maxWaitTime = 20;
  const working = [runner.handleBatch(batchOf(0)), runner.handleBatch(batchOf(1))];
  await group.fetch(1);
  expect(fetched).toEqual([{ waitMs: 20, partitions: [] }]);
  for (const gate of gates.values()) gate.resolve();
  await Promise.all(working);
});

test('other consumers leave out nothing, and wait as long as ever', async () => {
  const { group, runner, gates, fetched } = createGroup(1);
  const working = runner.handleBatch(batchOf(0));
  await group.fetch(1);
  expect(fetched).toEqual([{ waitMs: 50, partitions: [0, 1] }]);
  gates.get(0)?.resolve();
  await working;
});
