import { describe, expect, it } from 'vitest';
import { createAliasTable } from './alias-table.ts';
import { createRandom } from './random.ts';

const DRAWS = 200_000;

describe('createAliasTable', () => {
  it.each([[[1, 2, 3, 4]], [[0, 5, 0, 1]], [[7]]])('draws indices by the weights %j', (weights) => {
    const counts = new Float64Array(weights.length);
    createAliasTable(Float64Array.from(weights))(DRAWS, createRandom(1), counts);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries()) {
      expect(counts[i]! / DRAWS).toBeCloseTo(weight / total, 2);
      if (weight === 0) expect(counts[i]).toBe(0);
    }
  });
});
