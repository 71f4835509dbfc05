import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommittedOffsets, TransactionalWriter } from '../transactions/transactional-writer.ts';
import { PartitionProducer } from './partition-producer.ts';
import { SharedTransactions } from './shared-transactions.ts';

const MEMBER = { memberId: 'm', generationId: 7 };

/** Partitions with producers of their own, whose transactions end when the test says. */
async function createRoom(partitions: number) {
  const transactions: {
    readonly by: number;
    readonly offsets: CommittedOffsets | undefined;
    readonly end: PromiseWithResolvers<void>;
  }[] = [];
  const log: string[] = [];
  const shared = new SharedTransactions();
  const producers = await Promise.all(
    Array.from({ length: partitions }, (_, by) => {
      const writer: TransactionalWriter = {
        heedsMember: true,
        async commit(_writes, offsets) {
          const end = Promise.withResolvers<void>();
          transactions.push({ by, offsets, end });
          await end.promise;
        },
        discard: () => void log.push(`${by} discarded`),
        close: async () => {},
      };
      return PartitionProducer.initialise(async () => writer, {
        groupId: 'g',
        topic: 'leads',
        partition: by,
      });
    }),
  );
  const lost = new Set<number>();
  const commit = (partition: number, nextOffset = 1, records = 1): Promise<boolean> => {
    const producer = producers[partition];
    if (producer === undefined) throw new Error(`there is no partition ${partition}`);
    return shared.commit({
      producer,
      commit: { partition, records: new Map(), nextOffset },
      member: MEMBER,
      records,
      isCurrent: () => !lost.has(partition),
    });
  };
  return { shared, transactions, producers, lost, commit, log };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await nextTurn();
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('what comes while a transaction is under way is in the next one, whole', async () => {
  const { transactions, commit } = await createRoom(3);
  const first = commit(0, 10);
  await turns();
  const others = [commit(1, 20), commit(2, 30)];
  await turns();
  expect(transactions).toHaveLength(1);
  transactions[0]?.end.resolve();
  expect(await first).toBe(true);
  await turns();
  expect(transactions.map(({ offsets }) => offsets)).toEqual([
    { groupId: 'g', topic: 'leads', next: new Map([[0, 10]]), member: MEMBER },
    {
      groupId: 'g',
      topic: 'leads',
      next: new Map([
        [1, 20],
        [2, 30],
      ]),
      member: MEMBER,
    },
  ]);
  transactions[1]?.end.resolve();
  expect(await Promise.all(others)).toEqual([true, true]);
});

test('two of the same producer do not follow each other where there is another', async () => {
  const { transactions, commit } = await createRoom(2);
  for (let round = 0; round < 3; round += 1) {
    const committed = [commit(0), commit(1)];
    await vi.advanceTimersByTimeAsync(3);
    await turns();
    transactions.at(-1)?.end.resolve();
    await Promise.all(committed);
  }
  expect(transactions.map(({ by }) => by)).toEqual([0, 1, 0]);
});

test('a transaction waits for batches at work, but for 2 ms at most', async () => {
  const { shared, transactions, commit } = await createRoom(3);
  const [soon, never] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const working = shared.expect(soon.promise).then(() => commit(1));
  const committed = commit(0);
  await turns();
  expect(transactions).toHaveLength(0);
  soon.resolve();
  await turns();
  expect([...(transactions[0]?.offsets?.next.keys() ?? [])]).toEqual([0, 1]);
  transactions[0]?.end.resolve();
  await Promise.all([working, committed]);
  const hanging = shared.expect(never.promise);
  void commit(2);
  await vi.advanceTimersByTimeAsync(4);
  await turns();
  expect(transactions).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await turns();
  expect(transactions).toHaveLength(2);
  never.resolve();
  await hanging;
});

test('after one of several records the next begins 3 ms later: more come meanwhile', async () => {
  const { transactions, commit } = await createRoom(2);
  const first = commit(0, 5, 2);
  await turns();
  transactions[0]?.end.resolve();
  await first;
  void commit(1);
  await vi.advanceTimersByTimeAsync(2);
  await turns();
  expect(transactions).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await turns();
  expect(transactions).toHaveLength(2);
});

test('a partition that was lost while it waited has no part in it, and is told so', async () => {
  const { transactions, lost, commit } = await createRoom(3);
  const first = commit(0);
  await turns();
  const [second, third] = [commit(1), commit(2)];
  lost.add(1);
  transactions[0]?.end.resolve();
  await first;
  expect(await second).toBe(false);
  await turns();
  expect([...(transactions[1]?.offsets?.next.keys() ?? [])]).toEqual([2]);
  transactions[1]?.end.resolve();
  expect(await third).toBe(true);
});

test('one that fails fails for all that are in it, and the next goes on', async () => {
  const { transactions, commit } = await createRoom(2);
  const committed = Promise.allSettled([commit(0), commit(1)]);
  await turns();
  transactions[0]?.end.reject(new Error('fenced'));
  expect(await committed).toMatchObject([
    { status: 'rejected', reason: { message: 'the transaction of partitions 0, 1: fenced' } },
    { status: 'rejected', reason: { message: 'the transaction of partitions 0, 1: fenced' } },
  ]);
  await vi.advanceTimersByTimeAsync(3);
  const next = commit(1);
  await turns();
  transactions[1]?.end.resolve();
  expect(await next).toBe(true);
});

test('a producer that is discarded in the middle brings a transaction to its end that others are in', async () => {
  const { transactions, producers, commit, log } = await createRoom(2);
  const committed = [commit(0), commit(1)];
  await turns();
  producers[0]?.discard();
  expect(log).toEqual([]);
  transactions[0]?.end.resolve();
  expect(await Promise.all(committed)).toEqual([true, true]);
  expect(log).toEqual(['0 discarded']);
  await vi.advanceTimersByTimeAsync(3);
  const alone = commit(1);
  await turns();
  producers[1]?.discard();
  expect(log).toEqual(['0 discarded', '1 discarded']);
  transactions[1]?.end.resolve();
  await alone;
});
