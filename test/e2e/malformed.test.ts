import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { expect, test } from 'vitest';
import type { JudgedRecord } from '../judge/read-committed.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { makeMalformedKinds, type MalformedKind } from './malformed-events.ts';
import { exactlyOnce, judge } from '../support/judge-stream.ts';
import { untilGroupHasRead } from '../support/until.ts';
import { replayBank, runService } from './support.ts';

const GOOD = 20_000;
const OF_EACH_KIND = 50;

test('1,000 malformed events of 20 kinds among 20,000 good ones: each gets its fate from both models, and the scorer never restarts', async () => {
  const env = await setUpIsolatedEnv();
  const kinds = await makeMalformedKinds(env);
  expect(kinds).toHaveLength(20);
  const [scorer] = await Promise.all([runService('scorer', env), runService('shadow', env)]);
  await Promise.all([replayBank(env, GOOD, 4_000), publishMalformed(env, kinds)]);
  await Promise.all([untilGroupHasRead(env, 'scorer'), untilGroupHasRead(env, 'shadow.bank-leads@1.1.0')]);

  const deadLetters: JudgedRecord[] = [];
  const onDeadLetter = (record: JudgedRecord): void => void deadLetters.push(record);
  const verdict = await judge(env, { withShadow: true, onDeadLetter });

  const bad = kinds.length * OF_EACH_KIND;
  expect(verdict).toMatchObject({
    leads: GOOD + bad,
    deadLetters: 2 * bad,
    duplicateDeadLetters: 0,
    openTransactions: 0,
  });
  for (const name of ['lead-scores', 'lead-shadow-scores']) {
    const topic = env.TOPIC_PREFIX + name;
    expect(verdict.byTopic.get(topic)).toMatchObject(exactlyOnce(topic, GOOD, bad));
  }
  for (const [index, kind] of kinds.entries()) {
    for (const role of ['production', 'shadow']) {
      const own = deadLetters.filter(
        ({ key, headers }) => key?.toString().startsWith(`${index}-`) && headers['dlq.role'] === role,
      );
      expectDeadLetters(kind, own, env);
    }
  }
  expect(await readRebalances(scorer.url)).toBe(1);
});

/** Spread over the partitions by their keys, `<kind's number>-<n>`, while the good ones come. */
async function publishMalformed(env: IsolatedEnv, kinds: readonly MalformedKind[]): Promise<void> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'e2e' }, () => {});
  await publisher.connect();
  for (let n = 0; n < OF_EACH_KIND; n += 1) {
    const records = kinds.map(({ value }, index) => ({
      key: Buffer.from(`${index}-${n}`),
      value,
      headers: { origin: 'test' },
    }));
    await publisher.publish(`${env.TOPIC_PREFIX}lead-created`, records);
  }
  await publisher.close();
}

function expectDeadLetters(kind: MalformedKind, own: readonly JudgedRecord[], env: IsolatedEnv): void {
  const codes = new Set(own.map(({ headers }) => `${kind.name}: ${headers['dlq.error.code']}`));
  expect([...codes]).toEqual([`${kind.name}: ${kind.code}`]);
  expect(own).toHaveLength(OF_EACH_KIND);
  for (const { headers, partition, value } of own) {
    expect(value?.toString('hex')).toBe(kind.value?.toString('hex'));
    expect(headers).toMatchObject({
      origin: 'test',
      'dlq.source.topic': `${env.TOPIC_PREFIX}lead-created`,
      'dlq.source.partition': String(partition),
      'dlq.schema.id': kind.schemaId,
    });
    expect(headers['dlq.error.message']).not.toBe('');
    expect(Date.parse(headers['dlq.failed_at'] ?? '')).toBeGreaterThan(Date.now() - 600_000);
  }
}

async function readRebalances(url: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return Number(/^scoreline_rebalances_total\{[^}]*\} (\d+)/m.exec(await response.text())?.[1]);
}
