import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { createDueQueue } from './due-queue.ts';

test('whatever is pushed comes out in the order of its times', () => {
  assert(
    property(array(integer({ min: -1_000, max: 1_000 })), (times) => {
      const queue = createDueQueue<number>();
      for (const time of times) queue.push(time, time);
      const popped = times.map(() => queue.popDue(Infinity));
      expect(popped).toEqual(times.toSorted((a, b) => a - b));
      expect(queue.size).toBe(0);
    }),
  );
});

test('nothing comes before it is due', () => {
  const queue = createDueQueue<string>();
  queue.push(10, 'ten');
  queue.push(5, 'five');
  expect([queue.popDue(4), queue.popDue(9), queue.popDue(9), queue.popDue(10)]).toEqual([
    undefined,
    'five',
    undefined,
    'ten',
  ]);
});
