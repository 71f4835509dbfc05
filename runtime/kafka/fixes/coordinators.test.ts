import { afterEach, expect, test, vi } from 'vitest';
import { rememberCoordinators } from './coordinators.ts';

const GROUP = { groupId: 'scorer', coordinatorType: 0 };
const TRANSACTION = { groupId: 'scorer', coordinatorType: 1 };

afterEach(() => {
  vi.useRealTimers();
});

function createCluster(answers: (string | Error)[]) {
  const asked: object[] = [];
  const cluster = {
    find: rememberCoordinators(async (request) => {
      asked.push(request);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    }),
  };
  return { cluster, asked };
}

test('a coordinator is asked for once a second, each of its kinds by itself', async () => {
  vi.useFakeTimers();
  const { cluster, asked } = createCluster(['a', 'b', 'c']);
  expect(await cluster.find(GROUP)).toBe('a');
  expect(await cluster.find(TRANSACTION)).toBe('b');
  expect(await cluster.find(GROUP)).toBe('a');
  vi.advanceTimersByTime(1_001);
  expect(await cluster.find(GROUP)).toBe('c');
  expect(asked).toEqual([GROUP, TRANSACTION, GROUP]);
});

test('a failure is not remembered, and clusters share nothing', async () => {
  const { cluster, asked } = createCluster([new Error('away'), 'a', 'b']);
  await expect(cluster.find(GROUP)).rejects.toThrow('away');
  expect(await cluster.find(GROUP)).toBe('a');
  expect(await { find: cluster.find }.find(GROUP)).toBe('b');
  expect(asked).toHaveLength(3);
});
