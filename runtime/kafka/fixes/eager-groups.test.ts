import './apply.ts';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { toBatches } from '../../testing/transaction-log.ts';
import { fetchBesideWork, fetchEagerly, type FetchingGroup } from './eager-groups.ts';

/*
 * kafkajs's own runner and consumer group, with the fixes in them, on a cluster that is made up: its one broker has
 * a record for each fetch of a partition that is full, and none of the others.
 */
const require = createRequire(import.meta.url);
const load = (file: string) => require(`kafkajs/src/${file}`) as new (options: object) => object;
const Runner = load('consumer/runner.js');
const ConsumerGroup = load('consumer/consumerGroup.js');
const OffsetManager = load('consumer/offsetManager/index.js');
const Emitter = load('instrumentation/emitter.js');

interface Group extends FetchingGroup {
  offsetManager: object;
  readonly subscriptionState: FetchingGroup['subscriptionState'] & { assign(to: readonly object[]): void };
}

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly Asked[] }[];
}

interface Asked {
  readonly partition: number;
  readonly fetchOffset: string;
}

interface Work {
  readonly partition: number;
  beat(): Promise<void>;
  readonly done: PromiseWithResolvers<void>;
}

const PARTITIONS = [0, 1, 2];
const LONGEST_WAIT_MS = 50;
const OUTSIDE_TRANSACTIONS = {
  key: null,
  isControlRecord: false,
  batchContext: { producerId: '-1', inTransaction: false },
};
const silent = { namespace: () => silent, debug() {}, info() {}, warn() {}, error() {} };
let groups = 0;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

interface RoomOptions {
  readonly isEager?: boolean;
  /** How many records at work have a fetch beside them. */
  readonly fromRecords?: number;
  /** Partitions. */
  readonly full?: readonly number[];
}

/** A consumer at work, whose batches are done when the test says. */
async function startRoom({ isEager = true, fromRecords = 0, full = [0] }: RoomOptions) {
  groups += 1;
  const groupId = `group-${groups}`;
  if (isEager) fetchEagerly(groupId, fromRecords);
  const room = {
    /** Partitions of each fetch, and how long it was to wait for a first record. */
    fetches: [] as { readonly partitions: readonly number[]; readonly waitMs: number }[],
    work: [] as Work[],
    nodes: [1],
    joins: 0,
    /** What the coordinator answers a heartbeat with, and the next fetch. */
    refusal: undefined as string | undefined,
    fetchFails: undefined as string | undefined,
    joined: Promise.resolve(),
  };
  const fetch = async ({ maxWaitTime, topics }: FetchRequest) => {
    const asked = topics.flatMap(({ partitions }) => partitions);
    room.fetches.push({ partitions: asked.map(({ partition }) => partition), waitMs: maxWaitTime });
    const failure = room.fetchFails;
    room.fetchFails = undefined;
    if (failure !== undefined) throw Object.assign(new Error(failure), { type: failure });
    await delay(asked.some(({ partition }) => full.includes(partition)) ? 1 : maxWaitTime);
    const partitions = asked.map(({ partition, fetchOffset }) => ({
      partition,
      highWatermark: '1000000',
      abortedTransactions: [],
      messages: full.includes(partition)
        ? toBatches({ messages: [{ offset: fetchOffset, ...OUTSIDE_TRANSACTIONS }] })
        : [],
    }));
    return { responses: [{ topicName: 'leads', partitions }] };
  };
  const coordinator = {
    isConnected: () => true,
    leaveGroup: async () => {},
    offsetFetch: async () => ({
      responses: [
        { topic: 'leads', partitions: PARTITIONS.map((partition) => ({ partition, offset: '5' })) },
      ],
    }),
    async heartbeat() {
      if (room.refusal !== undefined) throw Object.assign(new Error(room.refusal), { type: room.refusal });
    },
  };
  const committed = {};
  const cluster = {
    connect: async () => {},
    refreshMetadata: async () => {},
    refreshMetadataIfNecessary: async () => {},
    findTopicPartitionMetadata: () => PARTITIONS.map((partitionId) => ({ partitionId, leader: 1 })),
    findBroker: async () => ({ fetch }),
    getNodeIds: () => room.nodes,
    committedOffsets: () => committed,
    defaultOffset: () => -2,
  };
  const instrumentationEmitter = new Emitter({});
  const common = {
    logger: silent,
    cluster,
    retry: {},
    groupId,
    instrumentationEmitter,
    autoCommit: false,
    topicConfigurations: {},
  };
  const group = new ConsumerGroup({
    ...common,
    topics: ['leads'],
    assigners: [],
    maxWaitTimeInMs: LONGEST_WAIT_MS,
    metadataMaxAge: 1e6,
  }) as Group;
  const join = async (): Promise<void> => {
    room.joins += 1;
    await room.joined;
    room.refusal = undefined;
    const memberAssignment = { leads: PARTITIONS };
    Object.assign(group, { memberId: 'm', generationId: room.joins, coordinator });
    group.subscriptionState.assign([{ topic: 'leads', partitions: PARTITIONS }]);
    group.offsetManager = new OffsetManager({
      ...common,
      coordinator,
      memberAssignment,
      memberId: 'm',
      generationId: 1,
    });
  };
  // As the original is wrapped.
  group.joinAndSync = fetchBesideWork({ ...group, joinAndSync: join }).joinAndSync;
  const runner = new Runner({
    ...common,
    consumerGroup: group,
    eachBatchAutoResolve: false,
    concurrency: 1_024,
    heartbeatInterval: 0,
    onCrash() {},
    async eachBatch(payload: {
      readonly batch: { readonly partition: number; lastOffset(): string };
      heartbeat(): Promise<void>;
      resolveOffset(offset: string): void;
    }) {
      const { partition } = payload.batch;
      const done = Promise.withResolvers<void>();
      room.work.push({ partition, done, beat: () => payload.heartbeat() });
      await done.promise;
      payload.resolveOffset(payload.batch.lastOffset());
    },
  }) as { start(): Promise<void>; stop(): Promise<void> };
  await runner.start();
  stops.push(async () => {
    for (const { done } of room.work) done.resolve();
    await runner.stop();
  });
  return { room, runner };
}

/** The next fetches from now on, `count` of them. */
async function nextFetches(
  room: { readonly fetches: readonly object[] },
  count: number,
): Promise<readonly object[]> {
  const begun = room.fetches.length;
  await vi.waitFor(() => expect(room.fetches.length).toBeGreaterThanOrEqual(begun + count), {
    timeout: 5_000,
  });
  return room.fetches.slice(begun, begun + count);
}

test('partitions at work are left out of the next fetch, which does not wait for them', async () => {
  const { room } = await startRoom({});
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  const [next] = await nextFetches(room, 2);
  expect(next).toMatchObject({ partitions: [1, 2] });
  room.work[0]?.done.resolve();
  await vi.waitFor(() => expect(room.work).toHaveLength(2));
});

test('a fetch waits the longer the longer the latest work takes, whatever comes of the others', async () => {
  const { room } = await startRoom({});
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  await delay(LONGEST_WAIT_MS * 4);
  expect(await nextFetches(room, 2)).toEqual([
    { partitions: [1, 2], waitMs: LONGEST_WAIT_MS },
    { partitions: [1, 2], waitMs: LONGEST_WAIT_MS },
  ]);
  expect(room.fetches.length).toBeLessThan(30);
});

test('where all are at work, none is fetched until one has ended', async () => {
  const { room } = await startRoom({ full: PARTITIONS });
  await vi.waitFor(() => expect(room.work).toHaveLength(3));
  const before = room.fetches.length;
  await delay(3 * LONGEST_WAIT_MS);
  expect(room.fetches).toHaveLength(before);
  room.work[1]?.done.resolve();
  expect(await nextFetches(room, 1)).toMatchObject([{ partitions: [1] }]);
});

test.each([
  ['a consumer that is not eager', { isEager: false }, 3 * LONGEST_WAIT_MS],
  ['one that gathers, and has got little', { fromRecords: 2 }, LONGEST_WAIT_MS / 2],
] as const)('%s is fetched for when all of the last fetch is done', async (_who, options, workMs) => {
  const { room } = await startRoom(options);
  await vi.waitFor(() => expect(room.work).toHaveLength(1), { interval: 1 });
  await delay(workMs);
  expect(room.fetches).toEqual([{ partitions: PARTITIONS, waitMs: LONGEST_WAIT_MS }]);
  room.work[0]?.done.resolve();
  expect(await nextFetches(room, 1)).toEqual([{ partitions: PARTITIONS, waitMs: LONGEST_WAIT_MS }]);
});

test('one that gathers does not wait for a partition that takes longer than a fetch waits', async () => {
  const { room } = await startRoom({ fromRecords: 2 });
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  expect((await nextFetches(room, 2))[1]).toMatchObject({ partitions: [1, 2] });
});

test('one that gathers is fetched for beside a backlog', async () => {
  const { room } = await startRoom({ fromRecords: 2, full: [0, 1] });
  await vi.waitFor(() => expect(room.work).toHaveLength(2));
  expect((await nextFetches(room, 2))[1]).toMatchObject({ partitions: [2] });
});

test('a heartbeat refused while a fetch joins the group anew joins it no second time', async () => {
  const { room } = await startRoom({});
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  const joining = Promise.withResolvers<void>();
  room.joined = joining.promise;
  room.refusal = 'REBALANCE_IN_PROGRESS';
  room.fetchFails = 'NOT_LEADER_FOR_PARTITION';
  await vi.waitFor(() => expect(room.joins).toBe(2));
  const [work] = room.work;
  await expect(work?.beat()).rejects.toThrow('REBALANCE_IN_PROGRESS');
  work?.done.resolve();
  await delay(LONGEST_WAIT_MS);
  joining.resolve();
  await vi.waitFor(() => expect(room.work).toHaveLength(2));
  expect(room.joins).toBe(2);
});

test('one that is refused with no join beside it makes the consumer join', async () => {
  const { room } = await startRoom({});
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  room.refusal = 'REBALANCE_IN_PROGRESS';
  room.work[0]?.done.resolve();
  await vi.waitFor(() => expect(room.joins).toBe(2));
  await vi.waitFor(() => expect(room.work).toHaveLength(2));
});

test('it stops while its brokers change and a partition is at work', async () => {
  const { room, runner } = await startRoom({});
  await vi.waitFor(() => expect(room.work).toHaveLength(1));
  room.nodes = [1, 2];
  await delay(2 * LONGEST_WAIT_MS);
  const stopped = runner.stop();
  room.work[0]?.done.resolve();
  await stopped;
});
