import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCalibrator } from './calibrate.ts';

const curve = createCalibrator({
  points: [
    [-1, 0.1],
    [0, 0.2],
    [2, 0.2],
    [3, 0.9],
  ],
});

test.each([
  [-5, 0.1],
  [-1, 0.1],
  [-0.5, 0.15],
  [0, 0.2],
  [1, 0.2],
  [2.5, 0.55],
  [3, 0.9],
  [99, 0.9],
])('%d is %d', (raw, score) => {
  expect(curve(raw)).toBeCloseTo(score, 12);
});

test('what is not finite never becomes a score', () => {
  expect([NaN, Infinity, -Infinity].map(curve)).toEqual([NaN, NaN, NaN]);
});

test('without a curve the raw output is the score', () => {
  expect([-2.5, NaN, Infinity].map(createCalibrator(null))).toEqual([-2.5, NaN, Infinity]);
});

test('for any monotone curve scores never fall, stay within its ends and meet its points', () => {
  const anyPoints = fc
    .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 })
    .chain((raws) =>
      fc.tuple(
        fc.constant(raws.toSorted((a, b) => a - b)),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: raws.length,
          maxLength: raws.length,
        }),
      ),
    )
    .map(([raws, scores]) => {
      const rising = scores.toSorted((a, b) => a - b);
      return raws.map((raw, index): [number, number] => [raw, rising[index]!]);
    });
  fc.assert(
    fc.property(anyPoints, fc.array(fc.double({ min: -2000, max: 2000, noNaN: true })), (points, raws) => {
      const calibrate = createCalibrator({ points });
      const scores = raws.toSorted((a, b) => a - b).map(calibrate);
      expect(scores).toEqual(scores.toSorted((a, b) => a - b));
      expect(scores.every((score) => score >= points[0]![1] && score <= points.at(-1)![1])).toBe(true);
      expect(points.map(([raw]) => calibrate(raw))).toEqual(points.map(([, score]) => score));
    }),
  );
});
