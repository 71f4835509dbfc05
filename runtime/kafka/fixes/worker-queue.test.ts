import { expect, test } from 'vitest';
import { createWorkerQueue, type Worker } from './worker-queue.ts';

/** Workers that take one batch after another and are done with each when the test says; who was woken is counted. */
function createRoom(count: number) {
  const begun: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  let woken = 0;
  const workers = Array.from({ length: count }, (): Worker<string> => {
    let running: Promise<void> | undefined;
    const run: Worker<string>['run'] = async ({ next }) => {
      for (let item = next(); item !== undefined; item = next()) {
        begun.push(item.batch);
        const gate = Promise.withResolvers<void>();
        gates.set(item.batch, gate);
        await gate.promise.then(item.resolve, item.reject);
      }
    };
    return {
      run(source) {
        woken += 1;
        return (running ??= run(source).finally(() => (running = undefined)));
      },
    };
  });
  return { queue: createWorkerQueue({ workers }), begun, gates, woken: () => woken };
}

test('wakes no more workers than there is work for', async () => {
  const { queue, begun, gates, woken } = createRoom(1_000);
  const pushed = queue.push('a', 'b');
  expect(begun).toEqual(['a', 'b']);
  expect(woken()).toBe(2);
  for (const gate of gates.values()) gate.resolve();
  await pushed;
});

test('what finds no free worker waits for one', async () => {
  const { queue, begun, gates } = createRoom(1);
  const pushed = queue.push('a', 'b');
  expect(begun).toEqual(['a']);
  gates.get('a')?.resolve();
  await expect.poll(() => begun).toEqual(['a', 'b']);
  gates.get('b')?.resolve();
  await pushed;
});

test('a failure is told when all are done', async () => {
  const { queue, gates } = createRoom(2);
  const told: unknown[] = [];
  const pushed = queue.push('a', 'b').catch((error: unknown) => told.push(error));
  gates.get('a')?.reject('a failed');
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  gates.get('b')?.resolve();
  await pushed;
  expect(told).toEqual(['a failed']);
});
