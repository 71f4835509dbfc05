import { clickHouseEnv, streamEnv } from '@scoreline/runtime/config/common.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { erasureEnv } from '@scoreline/runtime/erasure/config.ts';
import { z } from 'zod';
import { CommandFailed } from '../registry/with-started.ts';

const schema = z.object({ ...streamEnv, ...clickHouseEnv, ...erasureEnv });

/** Where leads are, and the key that the forgotten ones are hashed under. */
export type ErasureConfig = z.output<typeof schema>;

/** Throws CommandFailed with every problem of the configuration. */
export function requireErasureConfig(env: NodeJS.ProcessEnv): ErasureConfig {
  const result = readEnv(schema, env);
  if (result.ok) return result.config;
  throw new CommandFailed(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
}
