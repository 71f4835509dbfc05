import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { httpEnv, keysWhereOthersReach } from '@scoreline/runtime/http/config.ts';
import { z } from 'zod';

const apiEnv = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  ...artifactEnv,
  ...httpEnv(9104),
});

export type ApiConfig = z.output<typeof apiEnv>;

export function readApiConfig(env: NodeJS.ProcessEnv): EnvResult<ApiConfig> {
  return readEnv(apiEnv.check(keysWhereOthersReach), env);
}
