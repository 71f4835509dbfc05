import { expect, it } from 'vitest';
import { askNewLeaders } from './stale-leaders.ts';

const OFFSETS = [{ topic: 'leads', partitions: [{ partition: 0, offset: '7' }] }];

/** A cluster that answers these, one after the other. */
function createCluster(...answers: (string | typeof OFFSETS)[]) {
  const log: string[] = [];
  const original = {
    async fetchTopicsOffset() {
      const answer = answers.shift() ?? OFFSETS;
      log.push('asked');
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { type: answer });
      return answer;
    },
  };
  const cluster = {
    ...askNewLeaders(original),
    async refreshMetadata() {
      log.push('refreshed');
    },
  };
  return { cluster, log };
}

it('asks the new leader where the old one says that it leads no more', async () => {
  const { cluster, log } = createCluster('NOT_LEADER_FOR_PARTITION', OFFSETS);
  expect(await cluster.fetchTopicsOffset([])).toEqual(OFFSETS);
  expect(log).toEqual(['asked', 'refreshed', 'asked']);
});

it('leaves a second such answer and every other error to the caller', async () => {
  const moving = createCluster('NOT_LEADER_FOR_PARTITION', 'NOT_LEADER_FOR_PARTITION');
  await expect(moving.cluster.fetchTopicsOffset([])).rejects.toThrow('NOT_LEADER_FOR_PARTITION');
  const refused = createCluster('TOPIC_AUTHORIZATION_FAILED');
  await expect(refused.cluster.fetchTopicsOffset([])).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
  expect(refused.log).toEqual(['asked']);
});
