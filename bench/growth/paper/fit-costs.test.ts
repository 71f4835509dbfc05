import { assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { fitCosts } from './fit-costs.ts';

const cost = double({ min: 0.1, max: 1e4, noNaN: true });

test('finds the costs that made the figures', () => {
  assert(
    property(cost, cost, (leadUs, transactionUs) => {
      const shapes = [
        { leads: 100_000, transactions: 50 },
        { leads: 1_000, transactions: 400 },
        { leads: 10_000, transactions: 900 },
      ];
      const fitted = fitCosts(
        shapes.map((shape) => ({
          ...shape,
          cpuUs: shape.leads * leadUs + shape.transactions * transactionUs,
        })),
      );
      expect(fitted.leadUs).toBeCloseTo(leadUs, 5);
      expect(fitted.transactionUs).toBeCloseTo(transactionUs, 3);
    }),
  );
});

test('a transaction never costs less than nothing: leads explain it all then', () => {
  const fitted = fitCosts([
    { leads: 1_000, transactions: 1, cpuUs: 20_000 },
    { leads: 1_000, transactions: 100, cpuUs: 10_000 },
  ]);
  expect(fitted.transactionUs).toBe(0);
  expect(fitted.leadUs).toBeGreaterThan(0);
});

test('with the same leads a transaction everywhere, which of both it was cannot be told: leads bear it', () => {
  const fitted = fitCosts([{ leads: 1_000, transactions: 10, cpuUs: 5_000 }]);
  expect(fitted).toEqual({ leadUs: expect.closeTo(5), transactionUs: 0 });
});
