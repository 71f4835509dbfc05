import { streamEnv } from '@scoreline/runtime/config/common.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import type { DeadLettersLocation } from '@scoreline/runtime/dead-letters/location.ts';
import { z } from 'zod';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { CommandFailed } from '../registry/with-started.ts';

const schema = z.object(streamEnv);

/**
 * Does `work` with the dead letters that the environment names. Throws CommandFailed, with what a person can act on,
 * where the configuration is wrong or brokers and schema registry don't answer.
 */
export async function withDeadLetters<T>(work: (location: DeadLettersLocation) => Promise<T>): Promise<T> {
  const result = readEnv(schema, process.env);
  if (!result.ok)
    throw new CommandFailed(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const { config } = result;
  try {
    return await work({
      kafka: asClient(toKafkaAccess(config), 'scoreline-dlq'),
      schemaRegistry: toRegistryAccess(config),
      topicPrefix: config.TOPIC_PREFIX,
      clientLog: () => {},
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`the dead letters can't be worked with: ${reason}`, { cause: error });
  }
}
