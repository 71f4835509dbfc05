import { expect, test } from 'vitest';

import { TOPICS } from '../topics.ts';
import { planTopics, type ExistingTopic, type TopicPlan, type TopicSettings } from './plan-topics.ts';

const settings: TopicSettings = { prefix: '', partitions: undefined, minInsyncReplicas: undefined };

const LARGEST_LONG = '9223372036854775807';

/** The brokers after a plan was carried out. */
function carryOut(plans: readonly TopicPlan[]): Map<string, ExistingTopic> {
  return new Map(
    plans.map(({ topic, action }) => {
      if (action.kind !== 'create') throw new Error('not a new topic');
      return [topic, { partitions: action.partitions, configs: new Map(Object.entries(action.configs)) }];
    }),
  );
}
const fresh = (): Map<string, ExistingTopic> => carryOut(planTopics(new Map(), settings));
const find = (plans: readonly TopicPlan[], topic: string): TopicPlan =>
  plans.find((plan) => plan.topic === topic)!;

test('on new brokers every topic is created', () => {
  const plans = planTopics(new Map(), { prefix: 'a.', partitions: 3, minInsyncReplicas: 2 });
  expect(plans).toHaveLength(TOPICS.length);
  expect(find(plans, 'a.lead-scores').action).toEqual({
    kind: 'create',
    partitions: 3,
    configs: {
      'cleanup.policy': 'delete',
      'retention.ms': '604800000',
      'message.timestamp.after.max.ms': LARGEST_LONG,
      'min.insync.replicas': '2',
    },
  });
  expect(find(plans, 'a.rollouts').action).toMatchObject({
    partitions: 1,
    configs: { 'retention.ms': '-1', 'retention.bytes': '-1' },
  });
});

test('a second run finds nothing to do', () => {
  for (const { action, notes } of planTopics(fresh(), settings)) {
    expect(action).toEqual({ kind: 'adjust', growTo: undefined, configs: {} });
    expect(notes).toEqual([]);
  }
});

test('outputs follow the input, and grow before it', () => {
  const existing = fresh().set('lead-created', { partitions: 12, configs: new Map() });
  const plans = planTopics(existing, settings);
  expect(find(plans, 'lead-scores').action).toMatchObject({ growTo: 12 });
  expect(find(plans, 'lead-created').action).toMatchObject({ growTo: undefined, configs: {} });
  expect(find(plans, 'scoring-alerts').action).toMatchObject({ growTo: undefined });
  const grown = planTopics(fresh(), { ...settings, partitions: 8 }).filter(
    ({ action }) => action.kind === 'adjust' && action.growTo === 8,
  );
  expect(grown.at(-1)?.topic).toBe('lead-created');
});

test.each([
  'lead-scores',
  'lead-shadow-scores',
  'lead-created.dlq',
  'dead-letter-decisions',
  'scoring-alerts',
])('%s takes records whose time is ahead, and one that is there already is made so', (topic) => {
  const created = find(planTopics(new Map(), settings), topic);
  expect(created.action.configs['message.timestamp.after.max.ms']).toBe(LARGEST_LONG);
  const { partitions, configs } = fresh().get(topic)!;
  const before = {
    partitions,
    configs: new Map([...configs, ['message.timestamp.after.max.ms', '3600000']]),
  };
  const existing = fresh().set(topic, before);
  expect(find(planTopics(existing, settings), topic)).toEqual({
    topic,
    action: {
      kind: 'adjust',
      growTo: undefined,
      configs: { 'message.timestamp.after.max.ms': LARGEST_LONG },
    },
    notes: [],
  });
});

test('a topic never shrinks, and says so', () => {
  const plan = find(planTopics(fresh(), { ...settings, partitions: 2 }), 'lead-scores');
  expect(plan.action).toMatchObject({ growTo: undefined });
  expect(plan.notes).toEqual([
    'lead-scores keeps its 6 partitions: 2 were asked for, and a topic never shrinks',
  ]);
});

test('a dead letter may be larger than any lead', () => {
  const existing = fresh().set('lead-created', {
    partitions: 6,
    configs: new Map([['max.message.bytes', '5000000']]),
  });
  expect(find(planTopics(existing, settings), 'lead-created.dlq').action).toMatchObject({
    configs: { 'max.message.bytes': '5065536' },
  });
});

test('what correctness needs is put back, what an operator chose stays and is told', () => {
  const change = (topic: string, changed: Record<string, string>): void => {
    const { partitions, configs } = existing.get(topic)!;
    existing.set(topic, { partitions, configs: new Map([...configs, ...Object.entries(changed)]) });
  };
  const existing = fresh();
  change('lead-scores', { 'retention.ms': '7776000000', 'cleanup.policy': 'compact' });
  change('model-registry', { 'retention.ms': '1', 'retention.bytes': '1' });
  change('lead-created', { 'retention.ms': '1', 'cleanup.policy': 'compact' });
  const plans = planTopics(existing, settings);
  const scores = find(plans, 'lead-scores');
  expect(scores.action).toMatchObject({ configs: { 'cleanup.policy': 'delete' } });
  expect(scores.notes).toEqual(['lead-scores keeps its retention.ms=7776000000: the standard is 604800000']);
  const registry = find(plans, 'model-registry');
  expect(registry.action).toMatchObject({ configs: { 'retention.ms': '-1', 'retention.bytes': '-1' } });
  expect(registry.notes).toEqual([]);
  expect(find(plans, 'lead-created').action).toMatchObject({ configs: {} });
});

test('min.insync.replicas is what the operator asks for', () => {
  const plan = find(planTopics(fresh(), { ...settings, minInsyncReplicas: 2 }), 'lead-scores');
  expect(plan.action).toMatchObject({ configs: { 'min.insync.replicas': '2' } });
});

test('a dead letter topic that takes more than it has to keeps its limit', () => {
  const existing = fresh();
  existing.set('lead-created.dlq', {
    partitions: 6,
    configs: new Map([
      ['cleanup.policy', 'delete'],
      ['retention.ms', '2592000000'],
      ['max.message.bytes', '9000000'],
    ]),
  });
  const plan = find(planTopics(existing, settings), 'lead-created.dlq');
  expect(plan).toMatchObject({ action: { configs: {} }, notes: [] });
});
