import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createRowBatches } from './row-batches.ts';

let tiny: LoadedModel;

beforeAll(async () => {
  const pkg = await writeTinyPackage();
  tiny = await openModel(await loadPackage(pkg.dir));
  await pkg.remove();
});
afterEach(() => void vi.useRealTimers());
afterAll(() => tiny.close());

/** Its score of a row is the row's first number; `sizes` are those of the inferences so far. */
function createModel(before: () => Promise<void> = async () => {}): {
  readonly model: LoadedModel;
  readonly sizes: number[];
} {
  const sizes: number[] = [];
  const score: LoadedModel['score'] = async (matrix, rows, out) => {
    sizes.push(rows);
    await before();
    for (let row = 0; row < rows; row += 1) out[row] = matrix[row * tiny.encoder.width] ?? NaN;
    return { inferenceUs: 1 };
  };
  return { model: { ...tiny, score }, sizes };
}

function rowOf(first: number): Float32Array {
  const row = new Float32Array(tiny.encoder.width);
  row[0] = first;
  return row;
}

test('a lone row is scored alone, without a timer', async () => {
  const { model, sizes } = createModel();
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  expect(await createRowBatches()(model, rowOf(7))).toBe(7);
  expect(sizes).toEqual([1]);
});

test('rows that are there together are one inference, and each gets its own score', async () => {
  const { model, sizes } = createModel();
  const score = createRowBatches();
  const many = Array.from({ length: 40 }, (_, i) => i);
  expect(await Promise.all(many.map((i) => score(model, rowOf(i))))).toEqual(many);
  expect(sizes).toEqual([40]);
});

test('what arrives while an inference runs is the next one; each model has its own', async () => {
  const { promise: released, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const held = createModel(async () => {
    begin();
    await released;
  });
  const other = createModel();
  const score = createRowBatches();
  const first = score(held.model, rowOf(1));
  await begun;
  const next = [2, 3].map((i) => score(held.model, rowOf(i)));
  expect(await score(other.model, rowOf(4))).toBe(4);
  resolve();
  expect(await Promise.all([first, ...next])).toEqual([1, 2, 3]);
  expect([held.sizes, other.sizes]).toEqual([[1, 2], [1]]);
});

test('a row without a score leaves its neighbours theirs', async () => {
  const { model } = createModel();
  const score = createRowBatches();
  expect(await Promise.all([1, NaN, 3].map((i) => score(model, rowOf(i))))).toEqual([1, NaN, 3]);
});

test('a model that throws fails those of that inference; the next goes on', async () => {
  let inferences = 0;
  const { model } = createModel(async () => {
    inferences += 1;
    if (inferences === 1) throw new Error('out of memory');
  });
  const score = createRowBatches();
  const failed = await Promise.allSettled([1, 2].map((i) => score(model, rowOf(i))));
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await score(model, rowOf(3))).toBe(3);
});

test('behind 512 that wait, and behind one that has waited for a second, there is no more room', async () => {
  const { promise: released, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const hold = async (): Promise<void> => {
    begin();
    await released;
  };
  const { model, sizes } = createModel(hold);
  const score = createRowBatches();
  const first = score(model, rowOf(0));
  await begun;
  const waiting = Array.from({ length: 512 }, (_, i) => score(model, rowOf(i + 1)));
  expect(await score(model, rowOf(513))).toBe('busy');
  resolve();
  expect(await Promise.all([first, ...waiting])).toEqual(Array.from({ length: 513 }, (_, i) => i));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256);

  const slow = createModel(() => new Promise(() => {}));
  vi.useFakeTimers({ toFake: ['performance'] });
  void score(slow.model, rowOf(1));
  await vi.waitFor(() => expect(slow.sizes).toEqual([1]));
  void score(slow.model, rowOf(2));
  vi.advanceTimersByTime(1_001);
  expect(await score(slow.model, rowOf(3))).toBe('busy');
});
