/** What both scripts are told: `node <script> BROKERS REGISTRY FROM TO GROUP PACKAGE_FOLDER`. */
export interface ScriptArguments {
  readonly brokers: string[];
  /** URL of the registry's Confluent API. */
  readonly registry: string;
  readonly from: string;
  readonly to: string;
  readonly groupId: string;
  readonly packageFolder: string;
}

/** A message as either client gives it. */
export interface LeadMessage {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly offset: string | bigint;
  readonly timestamp: string | bigint;
}

/** A score as either client takes it. */
export interface ScoreMessage {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Reads the command line. */
export function readArguments([
  brokers,
  registry,
  from,
  to,
  groupId,
  packageFolder,
]: string[]): ScriptArguments {
  if (!brokers || !registry || !from || !to || !groupId || !packageFolder)
    throw new Error('usage: node <script> BROKERS REGISTRY FROM TO GROUP PACKAGE_FOLDER');
  return { brokers: brokers.split(','), registry, from, to, groupId, packageFolder };
}
