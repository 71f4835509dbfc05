import { setUp } from '@scoreline/infra/setup/setup.ts';
import { inject } from 'vitest';

/** The environment of one test's own corner of the stack: topics, subjects and database that no other test sees. */
export type IsolatedEnv = Readonly<
  Record<
    'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'CLICKHOUSE_URL' | 'CLICKHOUSE_DATABASE' | 'TOPIC_PREFIX',
    string
  >
>;

/** Names for a corner of the stack; nothing is created. */
export function isolateEnv(): IsolatedEnv {
  const id = crypto.randomUUID().slice(0, 8);
  return { ...inject('stackEnv'), CLICKHOUSE_DATABASE: `test_${id}`, TOPIC_PREFIX: `test-${id}.` };
}

/** The same with topics, schemas and tables in it; `more` goes to the set-up step as well, `PARTITIONS` for one. */
export async function setUpIsolatedEnv(more: Readonly<Record<string, string>> = {}): Promise<IsolatedEnv> {
  const env = isolateEnv();
  await setUp({ env: { ...env, ...more }, log: () => {} });
  return env;
}
