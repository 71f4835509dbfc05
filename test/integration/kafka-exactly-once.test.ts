import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it, vi } from 'vitest';
import { echo } from '../support/echo.ts';
import { openEchoRoom, texts } from '../support/echo-room.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;

/** Until this holds, polled. */
const until = (holds: () => void | Promise<void>, timeoutMs = 30_000) =>
  vi.waitFor(holds, { timeout: timeoutMs, interval: 50 });

/** The consumers' session time-out is 10 s. */
const LONGER_THAN_SESSION_MS = 14_000;

describe.concurrent('an exactly-once consumer', () => {
  it('copies partition to partition, in order, bad ones aside, whatever the compression', async (context) => {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
    const room = await openEchoRoom(brokers, context, { partitions: codecs.length });
    for (const [partition, compression] of codecs.entries()) {
      await room.produce(partition, texts(compression, 1_500), { compression });
      await room.produce(partition, texts('bad', 3), { compression });
      await room.produce(partition, texts(`${compression}-more`, 20), { compression });
    }
    const consumer = await room.consume({ maxBatchRecords: 400 });
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(consumer.notReady()).toBeUndefined();
    expect([...(await consumer.lag()).values()]).toEqual([0, 0, 0, 0, 0]);
  });

  it('that gathers makes few transactions of a steady stream, and reads a backlog as ever', async (context) => {
    const room = await openEchoRoom(brokers, context, { partitions: 3 });
    for (const partition of [0, 1, 2]) await room.produce(partition, texts('backlog', 2_000));
    const consumer = await room.consume({ gathers: true });
    await room.untilCommitted();
    const ofBacklog = commitsOf(consumer.facts);
    const begun = performance.now();
    await Promise.all(
      [0, 1, 2].map(async (partition) => {
        for (let i = 0; i < 40; i += 1) {
          await room.produce(partition, texts(`steady-${i}`, 1));
          await delay(10);
        }
      }),
    );
    const rounds = Math.ceil((performance.now() - begun) / 200);
    await room.untilCommitted();
    // A round of three partitions in a fifth of a second, where an eager consumer makes nearly 120.
    expect(commitsOf(consumer.facts) - ofBacklog).toBeLessThanOrEqual(3 * (rounds + 2));
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('commits what little has come of several partitions in one transaction', async (context) => {
    const partitions = [0, 1, 2, 3, 4, 5];
    const room = await openEchoRoom(brokers, context, { partitions: partitions.length });
    const consumer = await room.consume();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(partitions.map((partition) => room.produce(partition, texts(`round-${round}`, 1))));
    }
    await room.untilCommitted();
    const transactions = consumer.facts.filter((fact) => fact === 'transaction').length;
    expect(transactions).toBeGreaterThan(0);
    expect(transactions).toBeLessThan(commitsOf(consumer.facts));
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('goes on where it stood, and knows its lag before anything new has come', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('first', 50));
    const first = await room.consume();
    await room.untilCommitted();
    await first.stop();
    const second = await room.consume();
    await until(() => expect(second.assigned()).toEqual([0]));
    expect([...(await second.lag()).values()]).toEqual([0]);
    await room.produce(0, texts('second', 50));
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(second.facts).toContain('acquired 0 at 50');
  });

  it('stays in its group while a batch takes longer than the session', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('slow', 50));
    const consumer = await room.consume({
      async transform(batch) {
        await delay(LONGER_THAN_SESSION_MS);
        return echo(batch);
      },
    });
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(consumer.facts.filter((fact) => fact.startsWith('joined'))).toHaveLength(1);
    expect(consumer.facts.filter((fact) => fact.startsWith('committed'))).toHaveLength(1);
  });

  it('stops after the chunk at hand, however much it has fetched', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('slow', 100));
    const consumer = await room.consume({
      maxBatchRecords: 1,
      async transform(batch) {
        await delay(200);
        return echo(batch);
      },
    });
    await until(() => expect(consumer.facts).toContain('committed 1 of 0'));
    const begun = performance.now();
    await consumer.stop();
    expect(performance.now() - begun).toBeLessThan(10_000);
    const heir = await room.consume();
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(heir.facts.some((fact) => /^acquired 0 at [1-9]/.test(fact))).toBe(true);
  });
});

function commitsOf(facts: readonly string[]): number {
  return facts.filter((fact) => fact.startsWith('committed')).length;
}
