import { expect, test } from 'vitest';
import { summariseLatencies } from './swap-latencies.ts';

const DECIDED = [{ decidedAtMs: 10_000 }];

test('a lead counts for the swap that it was sent in, for the steady time, or for neither', () => {
  const { steady, during, p99MsBySwap } = summariseLatencies(
    [
      { sentMs: 9_999, latencyMs: 10 },
      { sentMs: 10_000, latencyMs: 50 },
      { sentMs: 10_999, latencyMs: 30 },
      { sentMs: 11_500, latencyMs: 1_000 },
      { sentMs: 12_000, latencyMs: 20 },
    ],
    DECIDED,
  );
  expect(steady).toEqual({ leads: 2, p50Ms: 10, p99Ms: 20, maxMs: 20 });
  expect(during).toEqual({ leads: 2, p50Ms: 30, p99Ms: 50, maxMs: 50 });
  expect(p99MsBySwap).toEqual([50]);
});

test('a score that never came is no fast one', () => {
  const { during } = summariseLatencies([{ sentMs: 10_000, latencyMs: Infinity }], DECIDED);
  expect(during.p99Ms).toBe(Infinity);
});
