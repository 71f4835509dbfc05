import { expect, test } from 'vitest';
import { createDriftTasks } from './tasks.ts';

test('two duties of one name are refused: one of them would never run', () => {
  const duty = { name: 'webhook', turn: async () => 'done' as const, everyMs: 1_000 };
  expect(() => createDriftTasks([duty, duty], { taskFailed: () => {} })).toThrow("'webhook'");
});
