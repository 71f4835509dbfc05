import { expect, test } from 'vitest';
import { TOPICS } from '../topics.ts';
import { compareAcls, describeAcl, planAcls, RIGHTS, ROLES, type Role, toShellLines } from './plan-acls.ts';

const principals = new Map<Role, string>(ROLES.map((role) => [role, `User:${role}`]));
const planned = planAcls({ topicPrefix: 'a.', principals });
const lines = planned.map(describeAcl);

test('every name carries the prefix, and a star is a prefix and never everything', () => {
  expect(planned.every(({ name }) => name.startsWith('a.') && name.length > 2)).toBe(true);
  expect(lines).toContain('User:scorer Write transactional-id a.scorer.*');
  expect(lines).toContain('User:shadow Read group a.shadow.*');
  expect(lines).toContain('User:scorer Read topic a.lead-created');
});

test('topics are ours, and each of them can be set up', () => {
  const known = new Set(TOPICS.map(({ name }) => `a.${name}`));
  const topics = planned.filter(({ resourceType }) => resourceType === 'topic');
  expect(topics.filter(({ name }) => !known.has(name))).toEqual([]);
  const made = topics.filter(
    ({ principal, operation }) => principal === 'User:setup' && operation === 'Create',
  );
  expect(made.map(({ name }) => name).sort()).toEqual([...known].sort());
});

test('nobody has rights that others are meant to hold alone', () => {
  const writersOf = (topic: string): Role[] =>
    ROLES.filter((role) =>
      RIGHTS[role].rights.some((right) => right.topic === topic && right.operations.includes('Write')),
    );
  expect(writersOf('lead-scores')).toEqual(['scorer']);
  expect(writersOf('model-registry')).toEqual(['rollout', 'api', 'cli']);
  expect(writersOf('scoring-alerts')).toEqual(['drift']);
  const services = lines.filter((line) => !line.startsWith('User:setup'));
  expect(services.filter((line) => / (Create|AlterConfigs|Delete|All) /.test(line))).toEqual([]);
});

test('what is missing and what is beyond are told apart', () => {
  const [first, ...rest] = planned;
  const other = { ...first!, operation: 'Delete' as const };
  expect(compareAcls(planned, [...rest, other])).toEqual({ missing: [first], beyond: [other] });
  expect(compareAcls(planned, planned)).toEqual({ missing: [], beyond: [] });
});

test("Kafka's own tool takes them, one line a resource", () => {
  const own = planAcls({ topicPrefix: '', principals: new Map([['scorer', "User:CN=o'hara"]]) });
  const shell = toShellLines(own);
  expect(shell).toHaveLength(RIGHTS.scorer.rights.length);
  expect(shell[0]).toBe(
    `kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --command-config admin.properties --add --allow-principal 'User:CN=o'\\''hara' --topic 'lead-created' --resource-pattern-type literal --operation Read --operation Write`,
  );
});
