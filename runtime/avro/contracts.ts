import { readFileSync } from 'node:fs';

/** The contracts whose schema this project publishes. */
export type ContractName =
  | 'lead-created'
  | 'lead-scored'
  | 'lead-outcome'
  | 'scoring-alert'
  | 'model-event'
  | 'rollout-event'
  | 'dead-letter-decision'
  | 'retraining-requested';

/** The Avro schema of a contract, as it stands in schemas/. */
export function contractSchema(name: ContractName): string {
  return readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8');
}
