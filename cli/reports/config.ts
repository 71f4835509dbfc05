import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, streamEnv } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const schema = z.object({
  ...streamEnv,
  ...artifactEnv,
  ...clickHouseEnv,
});

/** Where scores, offsets and packages are: the same variables as the services'. */
export type ReportConfig = z.output<typeof schema>;

export function readReportConfig(env: NodeJS.ProcessEnv): EnvResult<ReportConfig> {
  return readEnv(schema, env);
}
