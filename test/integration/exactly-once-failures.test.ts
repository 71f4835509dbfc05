import { createKafkaClient, TRANSACTION_RETRY } from '@scoreline/runtime/kafka/client.ts';
import { EpochWriter } from '@scoreline/runtime/kafka/transactions/epoch-writer.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it, vi } from 'vitest';
import { echo } from '../support/echo.ts';
import { openEchoRoom, texts } from '../support/echo-room.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;

/** Until this holds, polled. */
const until = (holds: () => void | Promise<void>, timeoutMs = 30_000) =>
  vi.waitFor(holds, { timeout: timeoutMs, interval: 20 });

describe.concurrent('an exactly-once consumer', () => {
  it('waits, and says so, while what the transformation needs is away, and loses nothing', async (context) => {
    const room = await openEchoRoom(brokers, context, { partitions: 2 });
    let away = true;
    const consumer = await room.consume({
      transform: async (batch) =>
        away && batch.partition === 1 ? { fate: 'unavailable', reason: 'the registry is away' } : echo(batch),
    });
    await room.produce(0, texts('zero', 10));
    await room.produce(1, texts('one', 10));
    await until(() =>
      expect(consumer.notReady()).toBe('1 partition(s) paused, partition 1: the registry is away'),
    );
    // The other partition goes on meanwhile, and the pauses get longer.
    await until(() => expect(consumer.facts).toContain('committed 10 of 0'));
    await until(() =>
      expect(consumer.facts.filter((fact) => fact.startsWith('paused 1')).length).toBeGreaterThan(2),
    );
    const { input } = room.topics;
    expect(Object.fromEntries(await consumer.lag())).toEqual({ [`${input}/0`]: 0, [`${input}/1`]: 10 });
    away = false;
    await room.untilCommitted();
    await until(() => expect(consumer.notReady()).toBeUndefined());
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('stays in its group while acquiring a partition takes longer than a session', async (context) => {
    const room = await openEchoRoom(brokers, context);
    const consumer = await room.consume({ onFenced: () => delay(13_000) });
    await room.produce(0, texts('value', 10));
    await room.untilCommitted();
    expect(consumer.facts.filter((fact) => fact.startsWith('joined'))).toHaveLength(1);
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('stops for good when the transformation throws: a bug is no dead letter, and commits nothing', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.lab.produce(room.topics.input, 0, ['anything']);
    const consumer = await room.consume({
      transform: () => {
        throw new TypeError('x is undefined');
      },
    });
    const failure = await consumer.failed;
    expect(failure.message).toBe('partition 0: transforming a batch failed');
    expect(failure.cause).toBeInstanceOf(TypeError);
    await consumer.stop();
    expect((await room.lab.committed(room.group, room.topics.input)).get(0)).toBe(-1);
    expect((await room.judge()).found).toEqual({ good: {}, bad: {} });
  });

  it('recovers when another producer fences it, open transaction and all', async (context) => {
    const room = await openEchoRoom(brokers, context);
    const consumer = await room.consume();
    for (let round = 0; round < 3; round += 1) {
      await room.produce(0, texts(`before-${round}`, 200));
      await room.untilCommitted();
      const intruder = await room.lab.openTransactions(`${room.group}.${room.topics.input}.0`);
      const transaction = await intruder.begin();
      await transaction.write(room.topics.good, 0, ['of the intruder, never committed']);
      await room.produce(0, texts(`after-${round}`, 200));
      await room.untilCommitted();
    }
    expect(consumer.facts.filter((fact) => fact.startsWith('failed 0')).length).toBeGreaterThan(2);
    await until(() => expect(consumer.notReady()).toBeUndefined());
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('goes on behind a dead process, whose last transaction stands open under the id of a quiet partition', async (context) => {
    const room = await openEchoRoom(brokers, context, { partitions: 2 });
    const { input, good } = room.topics;
    await room.produce(0, texts('before', 20));
    const kafka = createKafkaClient({ brokers: [brokers], clientId: 'test' }, TRANSACTION_RETRY, () => {});
    const dead = await EpochWriter.initialise(kafka, {
      transactionalId: `${room.group}.${input}.1`,
      topics: [good],
      groupId: room.group,
      transactionTimeoutMs: 300_000,
    });
    await dead.commitOffsets({ groupId: room.group, topic: input, next: new Map([[0, 20]]) });
    dead.discard();
    await room.consume();
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('shares its partitions with others that come and go under load', async (context) => {
    const partitions = 6;
    const room = await openEchoRoom(brokers, context, { partitions });
    const load = async (name: string): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        for (let partition = 0; partition < partitions; partition += 1)
          await room.produce(partition, texts(`${name}-${round}`, 20));
      }
    };
    const first = await room.consume();
    await load('one');
    const [second] = await Promise.all([room.consume(), load('two')]);
    await until(() => expect(second.assigned()).toHaveLength(3));
    const [third] = await Promise.all([room.consume(), load('three')]);
    await Promise.all([first.stop(), load('four')]);
    await until(() => expect(second.assigned().length + third.assigned().length).toBe(partitions));
    await Promise.all([second.stop(), load('five')]);
    await room.untilCommitted();
    const { found, expected } = await room.judge('independent');
    expect(found).toEqual(expected);
  });

  it('bears members that are stopped past their session and wake up as zombies, and one that is killed', async (context) => {
    const partitions = 4;
    const room = await openEchoRoom(brokers, context, { partitions });
    const load = async (name: string): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        for (let partition = 0; partition < partitions; partition += 1)
          await room.produce(partition, texts(`${name}-${round}`, 50));
      }
    };
    const zombie = await room.consumeElsewhere();
    const victim = await room.consumeElsewhere();
    const loaded = load('before');
    await Promise.all([zombie.untilFact('transforming'), victim.untilFact('transforming')]);
    // Each is in a batch now, or in its transaction.
    zombie.suspend();
    victim.kill();
    const heir = await room.consume({ maxBatchRecords: 50 });
    await loaded;
    await until(() => expect(heir.assigned()).toHaveLength(partitions));
    await room.untilCommitted();
    const woken = load('after');
    zombie.resume();
    await zombie.untilFact('joined');
    await woken;
    await load('both');
    await room.untilCommitted();
    const { found, expected } = await room.judge('independent');
    expect(found).toEqual(expected);
  });
});
