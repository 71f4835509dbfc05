import { z } from 'zod';
import type { ClickHouseSettings } from '../clickhouse/client.ts';
import { kafkaEnv } from './kafka.ts';
import { schemaRegistryEnv } from './schema-registry.ts';
import { asSecret } from './secrets.ts';
import { readTls, tlsEnv } from './tls.ts';
import { plainUrl } from './url.ts';

/** Where the stream is: brokers, schema registry and the names of topics. */
export const streamEnv = {
  ...kafkaEnv,
  ...schemaRegistryEnv,
  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/, 'letters, digits, dots, dashes and underscores')
    .default(''),
};

/** The environment that every service reads, with DESIGN's defaults. Spread into a service's own z.object. */
export const commonEnv = {
  ...streamEnv,
  MODELS_DIR: z.string().default('models'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

/** For services that read or write ClickHouse. */
export const clickHouseEnv = {
  CLICKHOUSE_URL: plainUrl('http://127.0.0.1:8123', 'CLICKHOUSE_USER and CLICKHOUSE_PASSWORD'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a plain identifier')
    .default('scoreline'),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: asSecret(z.string().default('')),
  ...tlsEnv('CLICKHOUSE_SSL'),
};

const WHAT_A_PORT_IS = 'a number from 0 to 65535';
const portNumber = z
  .string()
  .regex(/^\d+$/, WHAT_A_PORT_IS)
  .transform(Number)
  .refine((number) => number <= 65_535, WHAT_A_PORT_IS);

/** What {@link clickHouseEnv} makes of the environment; files for TLS may be left out. */
export type ClickHouseConfig = Readonly<
  Record<'CLICKHOUSE_URL' | 'CLICKHOUSE_DATABASE' | 'CLICKHOUSE_USER' | 'CLICKHOUSE_PASSWORD', string>
>;

/** The ClickHouse that these variables name; one request takes 30 s at most, or `requestTimeoutMs`. */
export function toClickHouseSettings(env: ClickHouseConfig, requestTimeoutMs?: number): ClickHouseSettings {
  return {
    url: env.CLICKHOUSE_URL,
    database: env.CLICKHOUSE_DATABASE,
    username: env.CLICKHOUSE_USER,
    password: env.CLICKHOUSE_PASSWORD,
    requestTimeoutMs,
    tls: env.CLICKHOUSE_URL.startsWith('https:')
      ? readTls({ ...env }, 'CLICKHOUSE_SSL', Date.now()).tls
      : undefined,
  };
}

/** A TCP port; 0 takes a free one. */
export function port(standard: number): z.ZodType<number> {
  return portNumber.prefault(String(standard));
}

/** A TCP port that need not be there. */
export function optionalPort(): z.ZodType<number | undefined> {
  return portNumber.optional();
}

/** `<name>@<version>` of a model package. */
export const modelReference = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*@\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "<name>@<version>, e.g. 'bank-leads@1.0.0'");
