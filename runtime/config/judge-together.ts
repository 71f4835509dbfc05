import { judgeKafka } from './kafka.ts';
import { judgeHttpsTls, judgeSchemaRegistry } from './schema-registry.ts';

type Judge = (env: Readonly<Record<string, unknown>>, nowMs: number) => readonly string[];

/** Who judges what several variables say together, by a variable that a program that uses them has. */
const JUDGES: Readonly<Record<string, Judge>> = {
  KAFKA_SSL: judgeKafka,
  SCHEMA_REGISTRY_USERNAME: judgeSchemaRegistry,
  CLICKHOUSE_SSL_CA_FILE: (env, nowMs) => judgeHttpsTls(env, 'CLICKHOUSE', nowMs),
};

/** What is wrong with the variables taken together, of those that a schema has; each by itself is the schema's. */
export function judgeTogether(
  names: readonly string[],
  env: Readonly<Record<string, unknown>>,
  nowMs: number,
): string[] {
  return Object.entries(JUDGES).flatMap(([name, judge]) => (names.includes(name) ? judge(env, nowMs) : []));
}
