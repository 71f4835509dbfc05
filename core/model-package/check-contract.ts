import type { Golden } from '../contracts/golden.ts';
import type { Manifest } from '../contracts/manifest.ts';
import { checkFeatureContract } from './check-contract-feature.ts';
import type { ContractFinding } from './check-contract-finding.ts';
import { checkIdentityContract } from './check-contract-identity.ts';
import { type EventSchema, parseEventSchema } from './event-schema.ts';
import type { PackageProblem } from './problem.ts';

/** What of a manifest reads leads. */
type ContractParts = Pick<Manifest, 'input' | 'features'>;

/** How a package and the schema of its leads go together. */
export interface ContractReport {
  /** Leads written with this schema would be mis-read or refused: such a package must not serve. */
  readonly problems: readonly PackageProblem[];
  /** What the package can live with, and a person should know. */
  readonly warnings: readonly PackageProblem[];
}

/**
 * Holds every field that a package reads against an Avro schema of leads, the newest of `lead-created` as a rule:
 * present, of a type that its kind takes, and with the enum symbols that the package has levels for. With `golden`,
 * also that its real values fit (a field that was 4.857 and is an int now was narrowed). Tells everything at once.
 */
export function checkContract(
  manifest: ContractParts,
  avroSchemaText: string,
  golden?: Golden,
): ContractReport {
  const schema = parseEventSchema(avroSchemaText);
  if (schema === undefined) return { problems: [NO_SCHEMA], warnings: [] };
  const findings = checkFields(manifest, schema, golden);
  return {
    problems: findings.filter(({ isWarning }) => !isWarning).map(toProblem),
    warnings: findings.filter(({ isWarning }) => isWarning).map(toProblem),
  };
}

function checkFields(
  manifest: ContractParts,
  schema: EventSchema,
  golden: Golden | undefined,
): ContractFinding[] {
  const events = golden?.rows.map(({ event }) => event) ?? [];
  return [
    ...checkIdentityContract(manifest.input, schema),
    ...manifest.features.flatMap((feature) => checkFeatureContract(feature, schema, events)),
  ];
}

function toProblem({ code, message }: ContractFinding): PackageProblem {
  return { code, message };
}

const NO_SCHEMA: PackageProblem = {
  code: 'contract.schema',
  message: 'lead-created: the newest schema is no Avro record, so no field can be read from it',
};
