import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '@scoreline/infra/local/stack.ts';
import { inject } from 'vitest';

/** A broker and a registry that a test may take away: others go on with the run's own. ClickHouse is the run's. */
export function startOwnStack(): Promise<Stack> {
  const { CLICKHOUSE_URL } = inject('stackEnv');
  const { KAFKA_BROKERS: _kafka, SCHEMA_REGISTRY_URL: _registry, ...env } = process.env;
  const home = mkdtempSync(join(tmpdir(), 'scoreline-outages-'));
  return startStack({ home, ports: 'free', keepData: false, env: { ...env, CLICKHOUSE_URL } });
}
