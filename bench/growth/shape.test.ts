import { expect, test } from 'vitest';
import { runOf } from './produce.ts';
import { AXES, distinctShapes, planAxes } from './shape.ts';

test('along an axis nothing grows but what it is named after', () => {
  for (const { name, points } of planAxes(AXES, { quick: false, large: true })) {
    const others = points.map((shape) => ({ ...shape, [name]: 0 }));
    expect(new Set(others.map((other) => JSON.stringify(other))).size).toBe(1);
    const values = points.map((shape) => shape[name]);
    expect(values).toEqual([...new Set(values)].toSorted((a, b) => a - b));
  }
});

test('a shape on several axes is measured once', () => {
  const axes = planAxes(['partitions', 'trees', 'instances'], { quick: false, large: false });
  expect(distinctShapes(axes)).toHaveLength(4 + 3 + 3 - 2);
});

test.each([
  [100_000, 64],
  [20_000, 64],
  [10_000, 1],
  [999, 4],
])('%i leads on %i partitions: as many each, but for one run', (leads, partitions) => {
  const run = runOf(leads, partitions);
  const counts = Array.from({ length: partitions }, () => 0);
  for (let lead = 0; lead < leads; lead += 1) {
    const partition = Math.floor(lead / run) % partitions;
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  expect(run).toBeLessThanOrEqual(500);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(run);
});
