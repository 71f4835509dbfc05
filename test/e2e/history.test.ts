import type { Golden } from '@scoreline/core/contracts/golden.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { expect, test } from 'vitest';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { exactlyOnce, judge } from '../support/judge-stream.ts';
import { until, untilGroupHasRead } from '../support/until.ts';
import { MODELS, replayBank, runService } from './support.ts';

const SLICE = 6_000;
const TOLERANCE = 1e-5;

test('a slice of history is scored, shadowed and stored: each lead once, with the trainer’s own predictions', async () => {
  const env = await setUpIsolatedEnv();
  await Promise.all((['scorer', 'shadow', 'drift'] as const).map((name) => runService(name, env)));
  const replayed = await replayBank(env, SLICE);
  const expected = new Map([...(await publishGolden(env, '1.0.0')), ...(await publishGolden(env, '1.1.0'))]);
  await Promise.all([untilGroupHasRead(env, 'scorer'), untilGroupHasRead(env, 'shadow.bank-leads@1.1.0')]);

  const leads = replayed.leads + expected.size;
  const differences: number[] = [];
  const verdict = await judge(env, {
    withShadow: true,
    onScore({ lead_id, model_version, score }) {
      const golden = expected.get(lead_id);
      if (golden?.version === model_version) differences.push(Math.abs(score - golden.score));
    },
  });
  expect(verdict).toMatchObject({ leads, repeatedEventIds: 0, deadLetters: 0, openTransactions: 0 });
  for (const name of ['lead-scores', 'lead-shadow-scores']) {
    const topic = env.TOPIC_PREFIX + name;
    expect(verdict.byTopic.get(topic)).toMatchObject(exactlyOnce(topic, leads));
  }
  expect(differences).toHaveLength(expected.size);
  expect(Math.max(...differences)).toBeLessThan(TOLERANCE);

  await untilStored(env, leads, replayed.outcomes);
});

/** Sends a package's golden rows as leads; their ids, with what the training framework said. */
async function publishGolden(
  env: IsolatedEnv,
  version: string,
): Promise<Map<string, { version: string; score: number }>> {
  const { golden } = await loadPackage(`${MODELS}/bank-leads/${version}`);
  const topic = `${env.TOPIC_PREFIX}lead-created`;
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const writer = await createAvroWriter(registry, `${topic}-value`, contractSchema('lead-created'));
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'e2e' }, () => {});
  const records = golden.rows.map((row, index) => {
    const lead_id = idOf(version, index);
    const event = { event_id: `${lead_id}-event`, lead_id, created_at: Date.UTC(2008, 4, 15), ...row.event };
    return { key: Buffer.from(lead_id), value: writer.encode(event) };
  });
  await publisher.connect();
  await publisher.publish(topic, records);
  await publisher.close();
  return scoresById(golden, version);
}

function scoresById(golden: Golden, version: string): Map<string, { version: string; score: number }> {
  return new Map(golden.rows.map(({ score }, index) => [idOf(version, index), { version, score }]));
}

function idOf(version: string, index: number): string {
  return `golden-${version}-${index}`;
}

async function untilStored(env: IsolatedEnv, leads: number, outcomes: number): Promise<void> {
  const database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  const count = async (view: string): Promise<number> =>
    (await database.query<{ n: number }>(`SELECT count() AS n FROM ${view}`))[0]?.n ?? 0;
  try {
    await until(async () => (await count('shadow_pairs')) === leads, 60_000);
    await until(async () => (await count('outcomes')) === outcomes, 60_000);
    expect(await count('scores')).toBe(2 * leads);
  } finally {
    await database.close();
  }
}
