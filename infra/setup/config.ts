import { z } from 'zod';

import { clickHouseEnv, streamEnv } from '@scoreline/runtime/config/common.ts';
import { readEnv, type EnvResult } from '@scoreline/runtime/config/env.ts';

const count = z.coerce.number().int().positive();

const setupEnv = z.object({
  ...streamEnv,
  ...clickHouseEnv,
  /** Of `lead-created`, and so of the topics that follow it. Without one: as many as it has, 6 when it is new. */
  PARTITIONS: count.max(1000).optional(),
  /** Without one: the brokers' default.replication.factor. */
  REPLICATION_FACTOR: count.max(10).optional(),
  /** Without one: what the brokers say. */
  MIN_INSYNC_REPLICAS: count.max(10).optional(),
  /** The CRM's Avro schema for `lead-created`, a file; `none` registers nothing. Without one: the demo's. */
  LEAD_SCHEMA: z.string().optional(),
});

/** The set-up step's configuration. */
export type SetupConfig = z.output<typeof setupEnv>;

/** Reads it from the environment: every problem at once. */
export function readSetupConfig(env: NodeJS.ProcessEnv): EnvResult<SetupConfig> {
  return readEnv(setupEnv, env);
}

/** The same; throws with every problem. */
export function requireSetupConfig(env: NodeJS.ProcessEnv): SetupConfig {
  const result = readSetupConfig(env);
  if (result.ok) return result.config;
  throw new Error(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
}
