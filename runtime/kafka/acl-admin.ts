// Before kafkajs: its modules keep what they import when they load.
import './fixes/apply.ts';
import kafkajs, { type AclEntry } from 'kafkajs';
import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/** A right, from any host: who may do what, on a resource or on all whose names begin so. */
export interface AclBinding {
  readonly principal: string;
  readonly operation: AclOperation;
  readonly resourceType: keyof typeof RESOURCE_TYPES;
  readonly name: string;
  readonly pattern: keyof typeof PATTERNS;
}

export type AclOperation = keyof typeof OPERATIONS;

/** Reads and changes the brokers' ACLs. Every call is bounded in time and throws what the brokers answer. */
export interface AclAdmin {
  /** What is allowed to these principals. */
  list(principals: readonly string[]): Promise<readonly AclBinding[]>;
  /** None is no call; one that is there stays. */
  create(bindings: readonly AclBinding[]): Promise<void>;
  remove(bindings: readonly AclBinding[]): Promise<void>;
  close(): Promise<void>;
}

const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;

const RESOURCE_TYPES = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
  cluster: AclResourceTypes.CLUSTER,
} as const;

const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefixed: ResourcePatternTypes.PREFIXED } as const;

const OPERATIONS = {
  All: AclOperationTypes.ALL,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Alter: AclOperationTypes.ALTER,
  Describe: AclOperationTypes.DESCRIBE,
  ClusterAction: AclOperationTypes.CLUSTER_ACTION,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  AlterConfigs: AclOperationTypes.ALTER_CONFIGS,
  IdempotentWrite: AclOperationTypes.IDEMPOTENT_WRITE,
} as const;

const ANY_HOST = '*';

/** Connects; about ten seconds of retries, then an error. */
export async function openAclAdmin(settings: KafkaSettings, log: KafkaLogSink): Promise<AclAdmin> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  await admin.connect();
  return {
    close: () => admin.disconnect(),
    async list(principals) {
      const found = await Promise.all(
        principals.map((principal) => admin.describeAcls({ ...EVERYTHING, principal })),
      );
      return found.flatMap(({ resources }) =>
        resources.flatMap(({ acls, ...resource }) =>
          acls.flatMap((acl) => toBinding({ ...resource, ...acl })),
        ),
      );
    },
    async create(bindings) {
      if (bindings.length > 0) await admin.createAcls({ acl: bindings.map(toEntry) });
    },
    async remove(bindings) {
      if (bindings.length > 0) await admin.deleteAcls({ filters: bindings.map(toEntry) });
    },
  };
}

const EVERYTHING = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ALLOW,
};

function toEntry({ resourceType, name, pattern, operation, principal }: AclBinding): AclEntry {
  return {
    resourceType: RESOURCE_TYPES[resourceType],
    resourceName: name,
    resourcePatternType: PATTERNS[pattern],
    principal,
    host: ANY_HOST,
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

/** None for what this program never makes: a kind of resource or operation that it has no name for. */
function toBinding(entry: AclEntry): AclBinding[] {
  const resourceType = nameOf(RESOURCE_TYPES, entry.resourceType);
  const pattern = nameOf(PATTERNS, entry.resourcePatternType);
  const operation = nameOf(OPERATIONS, entry.operation);
  if (resourceType === undefined || pattern === undefined || operation === undefined) return [];
  return [{ resourceType, name: entry.resourceName, pattern, operation, principal: entry.principal }];
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name | undefined {
  return (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
}
