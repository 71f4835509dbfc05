import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, streamEnv } from '@scoreline/runtime/config/common.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { z } from 'zod';
import { CommandFailed } from './with-started.ts';

const schema = z.object({
  ...streamEnv,
  ...artifactEnv,
  ...clickHouseEnv,
});

/** Where the registry, the packages and what candidates have shown are: the same variables as the services'. */
export type RegistryConfig = z.output<typeof schema>;

/** Throws CommandFailed with every problem of the configuration. */
export function requireRegistryConfig(env: NodeJS.ProcessEnv): RegistryConfig {
  const result = readEnv(schema, env);
  if (result.ok) return result.config;
  throw new CommandFailed(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
}
