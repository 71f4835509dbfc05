import { z } from 'zod';
import type { ClickHouseSettings } from '../clickhouse/client.ts';
import { asSecret } from './secrets.ts';

/** The environment that every service reads, with DESIGN's defaults. Spread into a service's own z.object. */
export const commonEnv = {
  KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:9092')
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .refine(
      (brokers) => brokers.every((broker) => /^[^\s:]+:\d+$/.test(broker)),
      'host:port, separated by commas',
    ),
  SCHEMA_REGISTRY_URL: url('http://127.0.0.1:8081/apis/ccompat/v7'),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/, 'letters, digits, dots, dashes and underscores')
    .default(''),
  MODELS_DIR: z.string().default('models'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

/** For services that read or write ClickHouse. */
export const clickHouseEnv = {
  CLICKHOUSE_URL: url('http://127.0.0.1:8123'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a plain identifier')
    .default('scoreline'),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: asSecret(z.string().default('')),
};

const WHAT_A_PORT_IS = 'a number from 0 to 65535';
const portNumber = z
  .string()
  .regex(/^\d+$/, WHAT_A_PORT_IS)
  .transform(Number)
  .refine((number) => number <= 65_535, WHAT_A_PORT_IS);

const clickHouseSchema = z.object(clickHouseEnv);

/** The ClickHouse that these variables name; one request takes 30 s at most, or `requestTimeoutMs`. */
export function toClickHouseSettings(
  env: z.output<typeof clickHouseSchema>,
  requestTimeoutMs?: number,
): ClickHouseSettings {
  return {
    url: env.CLICKHOUSE_URL,
    database: env.CLICKHOUSE_DATABASE,
    username: env.CLICKHOUSE_USER,
    password: env.CLICKHOUSE_PASSWORD,
    requestTimeoutMs,
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

function url(standard: string): z.ZodType<string> {
  return z.url({ protocol: /^https?$/, error: 'an http or https URL' }).default(standard);
}
