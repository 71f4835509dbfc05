import { describe, expect, it } from 'vitest';
import type { Bins } from '../../contracts/reference.ts';
import vector from '../vectors/joint-reference.json' with { type: 'json' };
import { jointReference } from './joint-reference.ts';
import { levelReference } from './reference.ts';

describe('jointReference', () => {
  it('is what the trainer says of the same rows', () => {
    const features = vector.features.map(({ name, counts, bins }) => ({
      ...levelReference(name, {}),
      bins: bins.type === 'levels' ? LEVELS : EDGES,
      counts,
    }));
    const rows = vector.bins.map((bins, i) => ({ bins, score: vector.scores[i]! }));
    const { numbers, whitening, mean, variance } = jointReference(features, rows);
    // The trainer rounds to nine decimals.
    expect(differenceOf(numbers, vector.joint.numbers)).toBeLessThan(1e-9);
    expect(differenceOf(whitening, vector.joint.whitening)).toBeLessThan(1e-8);
    expect(mean).toBeCloseTo(vector.joint.mean, 7);
    expect(variance).toBeCloseTo(vector.joint.variance, 6);
  });
});

const EDGES: Bins = { type: 'edges', edges: [1] };
const LEVELS: Bins = { type: 'levels', levels: ['a', 'b', 'c'] };

function differenceOf(ours: readonly (readonly number[])[], theirs: readonly (readonly number[])[]): number {
  expect(ours.map((row) => row.length)).toEqual(theirs.map((row) => row.length));
  return Math.max(...ours.flatMap((row, i) => row.map((x, j) => Math.abs(x - theirs[i]![j]!))));
}
