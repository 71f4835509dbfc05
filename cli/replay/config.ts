import { streamEnv } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';

const schema = z.object(streamEnv);

/** Where a replay publishes to: the same variables as the services'. */
export type ReplayConfig = z.output<typeof schema>;

export function readReplayConfig(env: NodeJS.ProcessEnv): EnvResult<ReplayConfig> {
  return readEnv(schema, env);
}
