import type { LabTransaction, LabTransactions } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import { describe, expect, inject, it, vi } from 'vitest';
import { echo } from '../support/echo.ts';
import { openEchoRoom, texts } from '../support/echo-room.ts';

const brokers = inject('stackEnv').KAFKA_BROKERS;

/** Until this holds, polled. */
const until = (holds: () => void | Promise<void>, timeoutMs = 30_000) =>
  vi.waitFor(holds, { timeout: timeoutMs, interval: 50 });

describe.concurrent('what stands in the topic', () => {
  it('is never transformed where it was aborted, however transactions interleave', async (context) => {
    const room = await openEchoRoom(brokers, context);
    const seen: string[] = [];
    const transform = async (batch: PartitionBatch) => {
      seen.push(...batch.records.map(({ value }) => String(value)));
      return echo(batch);
    };
    const [a, b] = await Promise.all(
      ['a', 'b'].map((id) => room.lab.openTransactions(`${room.group}.${id}`)),
    );
    for (let round = 0; round < 12; round += 1) {
      room.expect(0, await writeInterleaved(a!, b!, room.topics.input, round), 0);
      if (round === 6) await room.consume({ transform });
    }
    await room.produce(0, ['the end']);
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(seen.filter((value) => value.includes('aborted'))).toEqual([]);
  });

  it('is read from its start where the committed offset is past its end', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('new', 10));
    await room.lab.commit(room.group, room.topics.input, 0, 1_000);
    const consumer = await room.consume();
    await until(() => expect(consumer.facts).toContain('acquired 0 at 0'));
    await until(() => expect(consumer.facts).toContain('committed 10 of 0'));
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('is read from the first record at a time, by a group that starts there', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.lab.produce(room.topics.input, 0, texts('before', 10), { timestampMs: 1_000_000 });
    await room.produce(0, texts('after', 10), { timestampMs: 2_000_000 });
    await room.consume({ start: { timestampMs: 1_500_000 } });
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });
});

describe.concurrent('records that retention deleted before they were read', () => {
  it('are reported by a consumer that starts, and the rest is read', async (context) => {
    const room = await openEchoRoom(brokers, context);
    const values = texts('value', 100);
    room.expect(0, values.slice(60), await room.lab.produce(room.topics.input, 0, values));
    await room.lab.commit(room.group, room.topics.input, 0, 20);
    await room.lab.deleteRecords(room.topics.input, 0, 60);
    const consumer = await room.consume();
    await room.untilCommitted();
    expect(consumer.facts).toContain('expired 0 20 60');
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('are reported by a consumer that runs but lags, and the rest is read', async (context) => {
    const room = await openEchoRoom(brokers, context);
    let away = false;
    const consumer = await room.consume({
      transform: async (batch) => (away ? { fate: 'unavailable', reason: 'away' } : echo(batch)),
    });
    await room.produce(0, texts('read', 10));
    await room.untilCommitted();
    away = true;
    const values = texts('value', 100);
    room.expect(0, values.slice(50), await room.lab.produce(room.topics.input, 0, values));
    await until(() => expect(consumer.notReady()).toContain('away'));
    await room.lab.deleteRecords(room.topics.input, 0, 60);
    away = false;
    await room.untilCommitted();
    expect(consumer.facts).toContain('expired 0 10 60');
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });
});

describe.concurrent('a topic', () => {
  it('that grows while it is read is read whole, into outputs that grow with it', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('first', 10));
    await room.consume();
    await room.untilCommitted();
    await room.lab.growTopic(room.topics.input, 3);
    await until(async () => {
      await room.produce(2, ['before the consumer knows of the partition']);
    });
    await room.produce(1, texts('second', 10));
    await room.produce(2, texts('third', 10));
    await room.untilCommitted();
    expect(await room.lab.countPartitions(room.topics.good)).toBe(3);
    expect(await room.lab.countPartitions(room.topics.bad)).toBe(3);
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('that was deleted and made anew while nobody read it is read from its start', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('old', 100));
    const before = await room.consume();
    await room.untilCommitted();
    await before.stop();
    await room.lab.deleteTopic(room.topics.input);
    await until(() => room.lab.createTopic(room.topics.input));
    await room.produce(0, texts('new', 150));
    await room.consume();
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
  });

  it('that is deleted and made anew while it is read is read from its start', async (context) => {
    const room = await openEchoRoom(brokers, context);
    await room.produce(0, texts('old', 100));
    const consumer = await room.consume();
    await room.untilCommitted();
    await room.lab.deleteTopic(room.topics.input);
    await until(() => room.lab.createTopic(room.topics.input));
    await room.produce(0, texts('new', 150));
    await room.untilCommitted();
    const { found, expected } = await room.judge();
    expect(found).toEqual(expected);
    expect(consumer.facts.filter((fact) => fact.startsWith('crashed'))).toEqual([]);
  });
});

/** Two transactions that overlap, of which none, one or both are aborted; gives what was committed, in order. */
async function writeInterleaved(
  a: LabTransactions,
  b: LabTransactions,
  topic: string,
  round: number,
): Promise<string[]> {
  const [abortsA, abortsB] = [round % 2 === 0, round % 3 === 0];
  const name = (who: string, aborts: boolean): string => `${who}-${round}-${aborts ? 'aborted' : 'kept'}`;
  const names = { a: name('a', abortsA), b: name('b', abortsB) };
  const [ta, tb] = [await a.begin(), await b.begin()];
  await ta.write(topic, 0, texts(`${names.a}-1`, 3));
  await tb.write(topic, 0, [{ key: '\0\0\0\0', value: Buffer.from(`${names.b}-zeros`) }, `${names.b}-2`]);
  await ta.write(topic, 0, texts(`${names.a}-3`, 2));
  await end(tb, abortsB);
  await ta.write(topic, 0, [`${names.a}-4`]);
  await end(ta, abortsA);
  const written = [
    ...texts(`${names.a}-1`, 3),
    `${names.b}-zeros`,
    `${names.b}-2`,
    ...texts(`${names.a}-3`, 2),
    `${names.a}-4`,
  ];
  return written.filter((value) => !value.includes('aborted'));
}

function end(transaction: LabTransaction, aborts: boolean): Promise<void> {
  return aborts ? transaction.abort() : transaction.commit();
}
