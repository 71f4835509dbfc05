import { readFileSync } from 'node:fs';

import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, type RegistryClient } from '@scoreline/runtime/avro/registry.ts';

import type { SetupConfig } from './config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';

const PUBLISHED = [
  ['lead-scores', 'lead-scored'],
  ['lead-shadow-scores', 'lead-scored'],
  ['lead-outcomes', 'lead-outcome'],
  ['scoring-alerts', 'scoring-alert'],
  ['model-registry', 'model-event'],
  ['rollouts', 'rollout-event'],
  ['dead-letter-decisions', 'dead-letter-decision'],
  ['retraining-requested', 'retraining-requested'],
] as const;

/**
 * Registers the Avro schemas under `<prefix><topic>-value`. What we publish is FULL_TRANSITIVE, set before the
 * schema is: neither side breaks the other, ever. `lead-created` is the CRM's: where it has a schema, nothing is
 * touched, else the given one is registered, BACKWARD.
 */
export async function registerSchemas(config: SetupConfig, log: (line: string) => void): Promise<void> {
  const registry = createRegistryClient(toRegistryAccess(config));
  for (const [topic, contract] of PUBLISHED) {
    const subject = `${config.TOPIC_PREFIX}${topic}-value`;
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE');
    const id = await registry.register(subject, contractSchema(contract));
    log(`schema … ${subject}: id ${id}, FULL_TRANSITIVE`);
  }
  await registerLeadSchema(registry, config, log);
}

async function registerLeadSchema(
  registry: RegistryClient,
  config: SetupConfig,
  log: (line: string) => void,
): Promise<void> {
  const subject = `${config.TOPIC_PREFIX}lead-created-value`;
  if (config.LEAD_SCHEMA === 'none') return log(`schema … ${subject}: left to the CRM (LEAD_SCHEMA=none)`);
  const known = await registry.latest(subject);
  if (known !== undefined) return log(`schema … ${subject}: id ${known.id}, the CRM's own, left as it is`);
  const schema =
    config.LEAD_SCHEMA === undefined
      ? contractSchema('lead-created')
      : readFileSync(config.LEAD_SCHEMA, 'utf8');
  await registry.setCompatibility(subject, 'BACKWARD');
  const id = await registry.register(subject, schema);
  log(`schema … ${subject}: id ${id}, BACKWARD`);
}
