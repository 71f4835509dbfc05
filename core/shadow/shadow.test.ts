import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completePolicy } from '../policy/defaults.ts';
import { evaluatePairs } from './evaluate-pairs.ts';
import { mergePairSums, type Pairs, summarisePairs, sumPairs } from './pair-sums.ts';
import { spearman } from './spearman.ts';
import { topOverlap } from './top-overlap.ts';
import vectors from './vectors/spearman.json' with { type: 'json' };

type Pair = readonly [production: number, candidate: number, productionBand: number, candidateBand: number];

const columns = (pairs: readonly Pair[]): Pairs => ({
  production: Float64Array.from(pairs, (pair) => pair[0]),
  candidate: Float64Array.from(pairs, (pair) => pair[1]),
  productionBands: Int32Array.from(pairs, (pair) => pair[2]),
  candidateBands: Int32Array.from(pairs, (pair) => pair[3]),
});

const PAIRS: readonly Pair[] = [
  [0.5, 0.75, 0, 1],
  [0.25, 0.25, 0, 0],
  [0.75, 0.5, 1, 1],
  [0.5, 0.25, 1, 0],
];

describe('pair sums', () => {
  it('say how far apart the models are', () => {
    expect(summarisePairs(sumPairs(columns(PAIRS), 2))).toEqual({
      count: 4,
      meanDifference: -0.0625,
      meanAbsoluteDifference: 0.1875,
      maxAbsoluteDifference: 0.25,
      bandFlipShare: 0.5,
    });
  });

  it('keep the whole matrix of band flips, production by candidate', () => {
    expect(sumPairs(columns(PAIRS), 2).flips).toEqual([1, 1, 1, 1]);
    const lifted = sumPairs(
      columns([
        [0.5, 0.9, 0, 2],
        [0.5, 0.9, 1, 1],
        [0.5, 0.9, 1, 1],
        [0.5, 0.9, 2, 2],
      ]),
      3,
    );
    expect(lifted.flips).toEqual([0, 0, 1, 0, 2, 0, 0, 0, 1]);
    expect(summarisePairs(lifted).bandFlipShare).toBe(0.25);
  });

  it('add up over windows', () => {
    const score = fc.integer({ min: 0, max: 64 }).map((x) => x / 64);
    const pair = fc.tuple(score, score, fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(fc.array(pair), fc.array(pair), (a, b) => {
        const merged = mergePairSums(sumPairs(columns(a), 3), sumPairs(columns(b), 3));
        expect(merged).toEqual(sumPairs(columns([...a, ...b]), 3));
      }),
    );
  });

  it('of no pairs are zeros', () => {
    expect(summarisePairs(sumPairs(columns([]), 2))).toMatchObject({
      count: 0,
      meanDifference: 0,
      bandFlipShare: 0,
    });
  });
});

describe('evaluatePairs', () => {
  const outcome = completePolicy({
    drift: { minimum_sample: 4 },
    shadow: { band_flip_share: { warning: 0.2, critical: 0.5 } },
  });
  if (!outcome.ok) throw new Error('policy');
  const { policy } = outcome;

  it('finds too many band flips drifted, a share on the limit not above it', () => {
    const [result] = evaluatePairs(sumPairs(columns(PAIRS), 2), policy);
    expect(result).toMatchObject({
      signal: 'shadow_disagreement',
      value: 0.5,
      level: 'warning',
      verdict: 'drifted',
    });
  });

  it('has no verdict on few pairs', () => {
    const [result] = evaluatePairs(sumPairs(columns(PAIRS.slice(0, 3)), 2), policy);
    expect(result).toMatchObject({ sampleSize: 3, verdict: 'insufficient_data' });
  });
});

describe('spearman', () => {
  it.each(vectors)('agrees with SciPy: $rho', ({ x, y, rho }) => {
    expect(spearman(Float64Array.from(x), Float64Array.from(y))).toBeCloseTo(rho, 9);
  });

  it('is null where there is no order', () => {
    expect(spearman(Float64Array.of(), Float64Array.of())).toBeNull();
    expect(spearman(Float64Array.of(1), Float64Array.of(2))).toBeNull();
    expect(spearman(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toBeNull();
  });

  it('sees order alone', () => {
    const scores = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(scores, (values) => {
        fc.pre(new Set(values).size > 1);
        const x = Float64Array.from(values);
        expect(spearman(x, x.map(Math.cbrt))).toBeCloseTo(1, 12);
        expect(
          spearman(
            x,
            x.map((value) => -value),
          ),
        ).toBeCloseTo(-1, 12);
      }),
    );
  });
});

describe('topOverlap', () => {
  const production = Float64Array.of(0.9, 0.8, 0.7, 0.1);

  it('is the share of the best that both name', () => {
    expect(topOverlap(production, Float64Array.of(0.9, 0.1, 0.8, 0.2), 2)).toBe(0.5);
    expect(topOverlap(production, production, 3)).toBe(1);
    expect(topOverlap(production, Float64Array.of(0.1, 0.2, 0.3, 0.9), 1)).toBe(0);
  });

  it('takes the earlier of equal scores, and all leads where k is more', () => {
    expect(topOverlap(Float64Array.of(1, 1, 1), Float64Array.of(1, 1, 2), 2)).toBe(0.5);
    expect(topOverlap(production, Float64Array.of(1, 2, 3, 4), 100)).toBe(1);
  });

  it('is null without leads or without k', () => {
    expect(topOverlap(Float64Array.of(), Float64Array.of(), 5)).toBeNull();
    expect(topOverlap(production, production, 0)).toBeNull();
  });
});
