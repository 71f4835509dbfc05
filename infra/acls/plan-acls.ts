import { readFileSync } from 'node:fs';
import type { AclBinding, AclOperation } from '@scoreline/runtime/kafka/acl-admin.ts';
import { z } from 'zod';
import { TOPICS } from '../topics.ts';

/** Each program that connects, `cli` for a person with the command line and `setup` for `npm run setup`. */
export const ROLES = ['scorer', 'shadow', 'drift', 'rollout', 'api', 'cli', 'setup'] as const;

export type Role = (typeof ROLES)[number];

/** Whose rights, under which names. */
export interface AclScope {
  /** Goes before topics, groups and transactional ids, as everywhere. */
  readonly topicPrefix: string;
  /** As the brokers name them: `User:scorer`, `User:CN=scorer`. */
  readonly principals: ReadonlyMap<Role, string>;
}

const OPERATIONS = [
  'Read',
  'Write',
  'Create',
  'Alter',
  'Describe',
  'DescribeConfigs',
  'AlterConfigs',
] as const;

const right = z.strictObject({
  topic: z.string().optional(),
  group: z.string().optional(),
  transactionalId: z.string().optional(),
  operations: z.array(z.enum(OPERATIONS)).nonempty(),
  why: z.string(),
});

const aclsFile = z.record(z.enum(ROLES), z.strictObject({ about: z.string(), rights: z.array(right) }));

/** The rights of `acls.json`, each with what it is for. */
export const RIGHTS = aclsFile.parse(JSON.parse(readFileSync(new URL('acls.json', import.meta.url), 'utf8')));

/**
 * What the brokers must hold for these principals, and no more: all else is denied. A name that ends in `*` stands
 * for all that begin so; the topic `*` for each of ours, never for others on the same brokers.
 */
export function planAcls({ topicPrefix, principals }: AclScope): AclBinding[] {
  return [...principals].flatMap(([role, principal]) =>
    RIGHTS[role].rights.flatMap((entry) =>
      entry.operations.flatMap((operation) => bind(entry, operation, topicPrefix, principal)),
    ),
  );
}

function bind(
  { topic, group, transactionalId }: z.output<typeof right>,
  operation: AclOperation,
  topicPrefix: string,
  principal: string,
): AclBinding[] {
  const topics = topic === '*' ? TOPICS.map(({ name }) => name) : [topic];
  const name = (resource: string) => ({
    name: topicPrefix + resource.replace(/\*$/, ''),
    pattern: resource.endsWith('*') ? ('prefixed' as const) : ('literal' as const),
  });
  const of = (resourceType: AclBinding['resourceType'], resource: string | undefined): AclBinding[] =>
    resource === undefined ? [] : [{ resourceType, ...name(resource), operation, principal }];
  return [
    ...topics.flatMap((each) => of('topic', each)),
    ...of('group', group),
    ...of('transactional-id', transactionalId),
  ];
}

/** What is missing on the brokers, and what these principals have there beyond the plan. */
export function compareAcls(
  planned: readonly AclBinding[],
  there: readonly AclBinding[],
): { readonly missing: readonly AclBinding[]; readonly beyond: readonly AclBinding[] } {
  const [plannedKeys, thereKeys] = [planned, there].map((bindings) => new Set(bindings.map(describeAcl)));
  return {
    missing: planned.filter((binding) => thereKeys?.has(describeAcl(binding)) === false),
    beyond: there.filter((binding) => plannedKeys?.has(describeAcl(binding)) === false),
  };
}

/** One line: who may do what on which resource. */
export function describeAcl({ principal, operation, resourceType, name, pattern }: AclBinding): string {
  return `${principal} ${operation} ${resourceType} ${name}${pattern === 'prefixed' ? '*' : ''}`;
}

/** The same rights for Kafka's own tool, one line a resource and principal. */
export function toShellLines(bindings: readonly AclBinding[]): string[] {
  const byResource = new Map<string, AclBinding[]>();
  for (const binding of bindings) {
    const key = `${binding.principal} ${binding.resourceType} ${binding.pattern} ${binding.name}`;
    byResource.set(key, [...(byResource.get(key) ?? []), binding]);
  }
  return [...byResource.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const operations = group.map(({ operation }) => `--operation ${operation}`).join(' ');
    return [
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --command-config admin.properties --add' +
        ` --allow-principal ${quote(first.principal)} --${first.resourceType} ${quote(first.name)}` +
        ` --resource-pattern-type ${first.pattern} ${operations}`,
    ];
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
