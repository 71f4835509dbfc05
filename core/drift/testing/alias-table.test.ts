import { describe, expect, it } from 'vitest';
import { createAliasTable } from './alias-table.ts';
import { createRandom } from './random.ts';

const DRAWS = 200_000;

function draw(...weights: readonly number[]): Float64Array {
  const counts = new Float64Array(weights.length);
  createAliasTable(Float64Array.from(weights))(DRAWS, createRandom(1), counts);
  return counts;
}

describe('createAliasTable', () => {
  it.each([[[1, 2, 3, 4]], [[0, 5, 0, 1]], [[7]]])('draws indices by the weights %j', (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = Array.from(draw(...weights), (count) => count / DRAWS);
    for (const [i, weight] of weights.entries()) expect(shares[i]).toBeCloseTo(weight / total, 2);
  });

  it('never draws what has no weight', () => {
    expect(draw(0, 5, 0, 1)).toMatchObject({ 0: 0, 2: 0 });
  });
});
