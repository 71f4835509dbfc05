import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchConsumer } from './consumer-watch.ts';

const events = {
  CONNECT: 'consumer.connect',
  FETCH: 'consumer.fetch',
  HEARTBEAT: 'consumer.heartbeat',
  GROUP_JOIN: 'consumer.group_join',
  END_BATCH_PROCESS: 'consumer.end_batch_process',
  CRASH: 'consumer.crash',
  COMMIT_OFFSETS: 'consumer.commit_offsets',
  DISCONNECT: 'consumer.disconnect',
  STOP: 'consumer.stop',
  START_BATCH_PROCESS: 'consumer.start_batch_process',
  FETCH_START: 'consumer.fetch_start',
  REBALANCING: 'consumer.rebalancing',
  RECEIVED_UNSUBSCRIBED_TOPICS: 'consumer.received_unsubscribed_topics',
  REQUEST: 'consumer.network.request',
  REQUEST_TIMEOUT: 'consumer.network.request_timeout',
  REQUEST_QUEUE_SIZE: 'consumer.network.request_queue_size',
} as const;

/** A watch on a consumer that does what the test tells, and on brokers that may be away. */
function setUp() {
  const listeners = new Map<string, (event: never) => void>();
  const consumer = {
    events,
    on(name: string, listener: (event: never) => void) {
      listeners.set(name, listener);
      return () => void listeners.delete(name);
    },
  };
  const brokers = { away: false };
  const admin = {
    async describeCluster() {
      if (brokers.away) throw new Error('no broker');
      return { brokers: [], controller: 1, clusterId: 'test' };
    },
    fetchOffsets: async () => [
      {
        topic: 'leads',
        partitions: [
          { partition: 0, offset: '40', metadata: null },
          { partition: 1, offset: '-1', metadata: null },
        ],
      },
    ],
    fetchTopicOffsets: async () => [
      { partition: 0, offset: '50', low: '10', high: '50' },
      { partition: 1, offset: '30', low: '5', high: '30' },
      { partition: 2, offset: '99', low: '0', high: '99' },
    ],
  };
  const crashes: boolean[] = [];
  const joins: ReadonlyMap<string, readonly number[]>[] = [];
  const watch = watchConsumer(consumer, {
    admin,
    groupId: 'scorer',
    onCrash: (_error, restarts) => crashes.push(restarts),
    onJoin: (assignment) => joins.push(assignment),
  });
  const tell = (name: keyof typeof events, payload: object = {}): void =>
    listeners.get(events[name])?.({ payload } as never);
  const join = (...partitions: number[]): void =>
    tell('GROUP_JOIN', { memberAssignment: { leads: partitions } });
  return { watch, tell, join, brokers, crashes, joins };
}

/** What a promise has settled to, if it has. */
async function settled<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, Promise.resolve().then(() => undefined)]);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('readiness', () => {
  it('comes with the first join, and goes with a long silence', () => {
    const { watch, tell, join, joins } = setUp();
    expect(watch.notReady()).toBe('has not joined its consumer group yet');
    tell('CONNECT');
    join(0, 1);
    expect(joins).toEqual([new Map([['leads', [0, 1]]])]);
    expect([watch.notReady(), watch.assigned().get('leads')]).toEqual([undefined, [0, 1]]);
    vi.advanceTimersByTime(14_000);
    expect(watch.notReady()).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    expect(watch.notReady()).toBe('no answer from Kafka for 16 s');
    tell('FETCH');
    expect(watch.notReady()).toBeUndefined();
  });
});

describe('failure', () => {
  it('is a crash without a restart, not one with it', async () => {
    const { watch, tell, crashes } = setUp();
    tell('CRASH', { error: new Error('again'), restart: true });
    expect(await settled(watch.failed)).toBeUndefined();
    tell('CRASH', { error: new TypeError('a bug'), restart: false });
    expect((await watch.failed).message).toBe('a bug');
    expect(crashes).toEqual([true, false]);
  });

  it('is a minute without a sign of life while brokers answer', async () => {
    const { watch, tell } = setUp();
    tell('CONNECT');
    await vi.advanceTimersByTimeAsync(59_000);
    expect(await settled(watch.failed)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await watch.failed).message).toContain('no sign of life for 60 s');
  });

  it('is neither an outage nor waiting for topics, however long', async () => {
    const { watch, tell, brokers } = setUp();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await settled(watch.failed)).toBeUndefined();
    brokers.away = true;
    tell('CONNECT');
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await settled(watch.failed)).toBeUndefined();
  });

  it('is not looked for once the watch is closed', () => {
    setUp().watch.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('lag', () => {
  it('is what is left of the own partitions: from what was read, else committed, else the start of the log', async () => {
    const { watch, join } = setUp();
    expect(await watch.lag()).toEqual(new Map());
    join(0, 1);
    expect(await watch.lag()).toEqual(
      new Map([
        ['leads/0', 10],
        ['leads/1', 25],
      ]),
    );
    watch.passed('leads', 1, 30);
    expect((await watch.lag()).get('leads/1')).toBe(0);
    expect(watch.fetched().get('leads/1')).toBe(30);
  });

  it('is not less for a batch that came to an end without success, and is for one of markers alone', async () => {
    const { watch, tell, join } = setUp();
    join(0, 1);
    tell('END_BATCH_PROCESS', { topic: 'leads', partition: 0, lastOffset: '49', batchSize: 10 });
    expect((await watch.lag()).get('leads/0')).toBe(10);
    expect(watch.fetched().has('leads/0')).toBe(false);
    tell('END_BATCH_PROCESS', { topic: 'leads', partition: 1, lastOffset: '29', batchSize: 0 });
    expect((await watch.lag()).get('leads/1')).toBe(0);
  });

  it('forgets with a join what was read before it', async () => {
    const { watch, join } = setUp();
    join(0);
    watch.passed('leads', 0, 12);
    expect((await watch.lag()).get('leads/0')).toBe(38);
    join(0);
    expect((await watch.lag()).get('leads/0')).toBe(10);
  });
});
