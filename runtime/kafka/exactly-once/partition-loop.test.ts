import type { EachBatchPayload } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKafkaClient, BOUNDED_RETRY } from '../client.ts';
import { packRecords } from '../packed-records.ts';
import type { TransactionalWriter } from '../transactions/transactional-writer.ts';
import { PartitionLoop } from './partition-loop.ts';

const ignore = (): void => {};
const MEMBER = { memberId: 'm', generationId: 1 };

/**
 * A loop that owns partition 0: its outputs `grow` when the test says. It gets no further than acquiring it, but for a
 * test with a `writer`.
 */
function createRoom(writer?: TransactionalWriter) {
  const log: string[] = [];
  const grown = Promise.withResolvers<void>();
  const kafka = createKafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'test' }, BOUNDED_RETRY, ignore);
  const events = {
    joined: ignore,
    partitionAcquired: ignore,
    batchCommitted: ignore,
    transactionCommitted: ignore,
    transactionFailed: (_partition: number, error: Error) => void log.push(`failed: ${error.message}`),
    partitionPaused: ignore,
    recordsExpired: ignore,
    consumerCrashed: ignore,
    clientLog: ignore,
  };
  const loop = new PartitionLoop<'good'>(
    {
      kafka: { brokers: [], clientId: 'test' },
      groupId: 'scorer',
      topic: 'leads',
      outputs: { good: 'scores' },
      transform: async () => ({ fate: 'done', outputs: { good: packRecords([]) } }),
      events,
    },
    {
      openWriter() {
        log.push('initialised');
        if (writer !== undefined) return Promise.resolve(writer);
        return Promise.reject(new Error('no broker in this test'));
      },
      admin: Object.assign(kafka.admin(), {
        fetchTopicOffsets: async () => [{ partition: 0, offset: '1', low: '0', high: '1' }],
      }),
      readCommitted: async () => 0,
      settleAll: async () => {},
      groupId: 'scorer',
      topic: 'leads',
      start: 'earliest',
      events,
      onFenced: () => Promise.resolve(),
      ensureOutputPartition: () => grown.promise,
    },
    {
      pause: () => void log.push('paused'),
      succeeded: ignore,
      resumeAll: ignore,
      seek: ignore,
      reasons: () => new Map(),
      close: ignore,
    },
    {
      heartbeatIntervalMs: 1_000,
      onFatal: (error) => void log.push(`fatal: ${error.message}`),
      onPassed: ignore,
    },
  );
  loop.joined([0], MEMBER);
  return { loop, log, grown };
}

function payloadOf(
  heartbeat: () => Promise<void>,
  messages: EachBatchPayload['batch']['messages'] = [],
): EachBatchPayload {
  const batch = {
    topic: 'leads',
    partition: 0,
    fetchedOffset: '0',
    highWatermark: '1',
    messages,
    isEmpty: () => true,
    firstOffset: () => '0',
    lastOffset: () => '0',
    offsetLag: () => '0',
    offsetLagLow: () => '0',
  };
  return {
    batch,
    heartbeat,
    resolveOffset: ignore,
    pause: () => ignore,
    commitOffsetsIfNecessary: () => Promise.resolve(),
    uncommittedOffsets: () => ({ topics: [] }),
    isRunning: () => true,
    isStale: () => false,
  };
}

function createMessages(count: number): EachBatchPayload['batch']['messages'] {
  const empty = { timestamp: '0', key: null, value: null, attributes: 0, size: 0 };
  return Array.from({ length: count }, (_, i) => ({ ...empty, offset: String(i) }));
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('acquiring a partition keeps the membership alive, and ends with it', async () => {
  const { loop, log, grown } = createRoom();
  let beats = 0;
  const rebalancing = new Error('the group rebalances');
  const running = loop.run(
    payloadOf(async () => {
      beats += 1;
      if (beats > 5) throw rebalancing;
    }),
  );
  const outcome = running.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(beats).toBe(4);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await outcome).toBe(rebalancing);
  // What was on its way doesn't fence whoever owns the partition by now.
  grown.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(log).toEqual([]);
});

test('a partition that fails is paused', async () => {
  const { loop, log, grown } = createRoom();
  grown.resolve();
  await loop.run(payloadOf(() => Promise.resolve()));
  expect(log).toEqual(['initialised', 'failed: no broker in this test', 'paused']);
});

test('a partition that was lost meanwhile is not: the pause would wait for its return', async () => {
  const { loop, log, grown } = createRoom();
  const running = loop.run(payloadOf(() => Promise.resolve()));
  await vi.advanceTimersByTimeAsync(0);
  loop.joined([], MEMBER);
  grown.resolve();
  await running;
  expect(log.filter((line) => line !== 'initialised')).toEqual([
    'failed: partition 0 was let go while it was acquired',
  ]);
});

test('a commit that hangs ends the process: nobody else would see it while other partitions go on', async () => {
  const { loop, log, grown } = createRoom({
    heedsMember: true,
    commit: () => new Promise(ignore),
    discard: ignore,
    close: () => Promise.resolve(),
  });
  grown.resolve();
  const running = loop.run(payloadOf(() => Promise.resolve(), createMessages(1)));
  await vi.advanceTimersByTimeAsync(119_000);
  expect(log).toEqual(['initialised']);
  await vi.advanceTimersByTimeAsync(1_000);
  await running;
  expect(log).toEqual(['initialised', 'paused', 'fatal: partition 0: a commit took over 120 s']);
});
