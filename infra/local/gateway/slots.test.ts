import { expect, test } from 'vitest';

import { createSlots } from './slots.ts';

test('so many run, so many wait, in order; one more is turned away', async () => {
  const slots = createSlots({ running: 1, waiting: 1 });
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = slots.use(async () => {
    await gate.promise;
    order.push('first');
  });
  const second = slots.use(() => Promise.resolve(order.push('second')));
  expect(await slots.use(() => Promise.resolve('third'))).toBeUndefined();
  gate.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('a slot is free again after a failure', async () => {
  const slots = createSlots({ running: 1, waiting: 0 });
  await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slots.use(() => Promise.resolve('yes'))).toBe('yes');
});
