import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, TOPIC_PREFIX } = commonEnv;
const schema = z.object({
  KAFKA_BROKERS,
  SCHEMA_REGISTRY_URL,
  TOPIC_PREFIX,
  ...artifactEnv,
  ...clickHouseEnv,
});

/** Where scores, offsets and packages are: the same variables as the services'. */
export type ReportConfig = z.output<typeof schema>;

export function readReportConfig(env: NodeJS.ProcessEnv): EnvResult<ReportConfig> {
  return readEnv(schema, env);
}
