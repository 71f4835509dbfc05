import { expect, test, vi } from 'vitest';
import { createRowBuffer } from './row-buffer.ts';

const options = { minRows: 10, maxWaitMs: 30, maxRows: 25 };

function part(rowCount: number): { rowCount: number } {
  return { rowCount };
}

test('parts that come while one is being flushed share the next flush', async () => {
  const flushes: number[][] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const buffer = createRowBuffer({
    ...options,
    async flush(parts: readonly { rowCount: number }[]) {
      flushes.push(parts.map(({ rowCount }) => rowCount));
      await gate;
    },
  });
  const added = [buffer.add(part(10)), buffer.add(part(1)), buffer.add(part(9))];
  open();
  await Promise.all(added);
  expect(flushes).toEqual([[10], [1, 9]]);
});

test('few rows wait, but not for long', async () => {
  const flush = vi.fn<() => Promise<void>>(async () => {});
  const buffer = createRowBuffer({ ...options, flush });
  await buffer.add(part(10));
  const startedAtMs = performance.now();
  await Promise.all([buffer.add(part(1)), buffer.add(part(1))]);
  expect(performance.now() - startedAtMs).toBeGreaterThan(20);
  expect(flush).toHaveBeenCalledTimes(2);
});

test('a flush has at most maxRows, unless a single part has more', async () => {
  const sizes: number[] = [];
  const buffer = createRowBuffer({
    ...options,
    async flush(parts: readonly { rowCount: number }[]) {
      sizes.push(parts.reduce((sum, { rowCount }) => sum + rowCount, 0));
      await Promise.resolve();
    },
  });
  await Promise.all([40, 10, 10, 10, 10].map((rows) => buffer.add(part(rows))));
  expect(sizes).toEqual([40, 20, 20]);
});

test('a flush that fails fails its own parts and no others', async () => {
  let turn = 0;
  const buffer = createRowBuffer({
    ...options,
    flush: () => (turn++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve()),
  });
  const settled = await Promise.allSettled([buffer.add(part(10)), buffer.add(part(10))]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('few rows wait no longer where the clock is set back', async () => {
  const buffer = createRowBuffer({ ...options, flush: async () => {} });
  await buffer.add(part(10));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  try {
    await expect(buffer.add(part(1))).resolves.toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
}, 2_000);
