import { expect, it } from 'vitest';
import { normalInterval } from './interval-estimate.ts';
import { differenceOf, meanOf } from './mean.ts';
import vectors from './vectors/mean.json' with { type: 'json' };

it.each(vectors)('means and their difference agree with statsmodels: $difference', (vector) => {
  const [a, b] = vector.samples.map(meanOf);
  for (const [i, { value, standardError }] of [a!, b!].entries()) {
    const interval = normalInterval(value, standardError, 0.05);
    expect([interval.value, interval.low, interval.high]).toEqual(
      vector.means[i]!.map((expected) => expect.closeTo(expected, 9) as number),
    );
  }
  const difference = differenceOf(a!, b!);
  const { low, high } = normalInterval(difference.value, difference.standardError, 0.05);
  expect(low).toBeCloseTo(vector.difference[0]!, 9);
  expect(high).toBeCloseTo(vector.difference[1]!, 9);
});

it('has no spread where all values are the same, whatever rounding leaves', () => {
  expect(meanOf({ size: 3, sum: 0.1 + 0.1 + 0.1, sumOfSquares: 3 * 0.1 ** 2 }).standardError).toBeLessThan(
    1e-9,
  );
});
