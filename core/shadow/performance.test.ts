import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, RELIABILITY_EDGES, type ReliabilitySums } from './calibration.ts';
import { comparePairs } from './compare-pairs.ts';
import { compareTop } from './compare-top.ts';
import { compareAuc } from './delong.ts';
import { seededRandom } from './seeded-random.ts';
import { rankBestFirst, sumOfTop } from './top-share.ts';
import calibrationVectors from './vectors/calibration.json' with { type: 'json' };
import delongVectors from './vectors/delong.json' with { type: 'json' };
import topVectors from './vectors/top.json' with { type: 'json' };

const floats = (values: readonly number[]): Float64Array => Float64Array.from(values);
const ones = (size: number): Uint32Array => new Uint32Array(size).fill(1);

describe('compareAuc', () => {
  it.each(delongVectors)('agrees with scikit-learn and DeLong by definition: $areas', (vector) => {
    const found = compareAuc(floats(vector.production), floats(vector.candidate), floats(vector.labels))!;
    const { production, candidate, difference } = found;
    for (const [i, { value, low }] of [production, candidate].entries()) {
      expect(value).toBeCloseTo(vector.areas[i]!, 12);
      expect((value - low!) / 1.959963984540054).toBeCloseTo(vector.standardErrors[i]!, 12);
    }
    expect([difference.value, difference.low, difference.high]).toEqual(
      vector.difference.map((value) => expect.closeTo(value, 12) as number),
    );
    expect(found.pValue).toBeCloseTo(vector.pValue, 12);
  });

  it('finds no difference between a model and itself, nor between two orders that are the same', () => {
    const scores = floats([0.1, 0.4, 0.35, 0.8]);
    const found = compareAuc(scores, scores.map(Math.sqrt), floats([0, 0, 1, 1]))!;
    expect(found).toMatchObject({ difference: { value: 0, low: 0, high: 0 }, pValue: 1 });
    expect(found.production.value).toBe(0.75);
  });

  it('is null with fewer than two of a class', () => {
    expect(compareAuc(floats([1, 2, 3]), floats([1, 2, 3]), floats([0, 0, 1]))).toBeNull();
    expect(compareAuc(floats([]), floats([]), floats([]))).toBeNull();
  });
});

describe('calibrationOf', () => {
  function sumsOf(scores: readonly number[], labels: readonly number[]): ReliabilitySums[] {
    return Array.from({ length: 10 }, (_, bin) => {
      const inBin = scores.flatMap((score, i) =>
        RELIABILITY_EDGES.filter((edge) => edge < score).length === bin ? [{ score, label: labels[i]! }] : [],
      );
      const sum = (of: (lead: (typeof inBin)[number]) => number): number =>
        inBin.reduce((total, lead) => total + of(lead), 0);
      return {
        bin,
        count: inBin.length,
        scores: sum(({ score }) => score),
        labels: sum(({ label }) => label),
        squaredErrors: sum(({ score, label }) => (score - label) ** 2),
      };
    });
  }

  it.each(calibrationVectors)('agrees with scikit-learn: Brier $brier', (vector) => {
    const found = calibrationOf(sumsOf(vector.scores, vector.labels))!;
    expect(found.brier).toBeCloseTo(vector.brier, 12);
    expect(found.expectedError).toBeCloseTo(vector.expectedError, 12);
    expect(found.bins.map(({ count }) => count)).toEqual(vector.counts);
    for (const [i, { observed, meanScore }] of found.bins.entries()) {
      expect(observed).toBeCloseTo(vector.observed[i]!, 12);
      expect(meanScore).toBeCloseTo(vector.meanScores[i]!, 12);
    }
  });

  it('is null without leads', () => {
    expect(calibrationOf(sumsOf([], []))).toBeNull();
  });
});

describe('sumOfTop', () => {
  it.each(topVectors)('is what random choice among ties gives on average: $sum', (vector) => {
    const { scores, labels, share, sum, error } = vector;
    const found = sumOfTop(rankBestFirst(floats(scores)), floats(labels), ones(scores.length), share);
    expect(Math.abs(found - sum)).toBeLessThan(Math.max(1e-9, 5 * error));
  });

  it('takes all leads at share 1, whatever their weights', () => {
    const lead = fc.record({ score: fc.nat(5), value: fc.nat(9), weight: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(lead, { minLength: 1 }), (leads) => {
        const ranking = rankBestFirst(floats(leads.map(({ score }) => score)));
        const weights = Uint32Array.from(leads, ({ weight }) => weight);
        const total = leads.reduce((sum, { value, weight }) => sum + value * weight, 0);
        expect(sumOfTop(ranking, floats(leads.map(({ value }) => value)), weights, 1)).toBeCloseTo(total, 9);
      }),
    );
  });

  it('counts the best first', () => {
    const ranking = rankBestFirst(floats([0.1, 0.9, 0.5, 0.7]));
    expect(sumOfTop(ranking, floats([1, 10, 100, 1_000]), ones(4), 0.5)).toBe(1_010);
    expect(sumOfTop(ranking, floats([1, 10, 100, 1_000]), Uint32Array.of(0, 4, 0, 0), 0.5)).toBe(20);
  });
});

describe('compareTop', () => {
  const random = seededRandom(1);
  const truth = Float64Array.from({ length: 2_000 }, () => random() ** 3);
  const labels = truth.map((p) => Number(random() < p));
  const noisy = (noise: number): Float64Array => truth.map((p) => p + noise * (random() - 0.5));
  const [good, poor] = [noisy(0.05), noisy(2)];

  it('finds the better model, with an interval that leaves no doubt', () => {
    const found = compareTop({ production: poor, candidate: good, labels, values: labels }, 0.1)!;
    expect(found.lift!.candidate.value).toBeGreaterThan(found.lift!.production.value);
    expect(found.improvement!.value).toBeCloseTo(
      found.gain.candidate.value / found.gain.production.value - 1,
      12,
    );
    expect(found.improvement!.low).toBeGreaterThan(0);
    expect(found.improvement!.high).toBeGreaterThan(found.improvement!.value);
  });

  it('has an interval about as wide as theory says, and the same each time', () => {
    const input = { production: poor, candidate: good, labels, values: labels };
    const { gain } = compareTop(input, 0.1)!;
    const { value, low, high } = gain.candidate;
    const binomial = 2 * 1.96 * Math.sqrt((value * (1 - value)) / 200);
    expect((high! - low!) / binomial).toBeGreaterThan(0.75);
    expect((high! - low!) / binomial).toBeLessThan(1.4);
    expect(compareTop(input, 0.1)!.gain).toEqual(gain);
  });

  it('has no lift and no improvement where nobody converted, and nothing to say without leads', () => {
    const none = new Float64Array(2_000);
    expect(compareTop({ production: poor, candidate: good, labels: none, values: none }, 0.1)).toMatchObject({
      lift: null,
      improvement: null,
    });
    const empty = floats([]);
    expect(compareTop({ production: empty, candidate: empty, labels: empty, values: empty }, 0.1)).toBeNull();
  });
});

describe('comparePairs', () => {
  const production = floats([0.9, 0.2, 0.6, 0.4, 0.3]);
  const candidate = floats([0.8, 0.3, 0.7, 0.2, 0.1]);
  const labels = floats([1, 0, 1, 0, NaN]);

  it('takes all pairs for order and only the labelled for performance', () => {
    const found = comparePairs(
      { production, candidate, labels, values: floats([NaN, NaN, NaN, NaN, NaN]) },
      'classification',
    )!;
    expect(found).toMatchObject({ kpi: 'conversions', topOverlap: { k: 1, share: 1 } });
    expect(found.auc).toMatchObject({ positives: 2, negatives: 2 });
    expect(found.spearman).toBeCloseTo(0.7, 12);
  });

  it('counts revenue where any is told, a lead without it as none', () => {
    const found = comparePairs(
      { production, candidate, labels, values: floats([50, NaN, NaN, NaN, NaN]) },
      'ranking',
    )!;
    expect(found.kpi).toBe('revenue');
    expect(found.auc).toBeNull();
    expect(found.top!.gain.production.value).toBe(50);
  });

  it('is null without pairs', () => {
    const none = floats([]);
    expect(
      comparePairs({ production: none, candidate: none, labels: none, values: none }, 'ranking'),
    ).toBeNull();
  });
});
