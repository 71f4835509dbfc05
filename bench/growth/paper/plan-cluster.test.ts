import { expect, test } from 'vitest';
import { type Assumptions, type Measured, planCluster } from './plan-cluster.ts';

/** Round figures, so that the arithmetic can be done by hand. */
const MEASURED: Measured = {
  scorer: { leadUs: 10, transactionUs: 1_000 },
  broker: { leadUs: 2, transactionUs: 500 },
  leadBytes: 180,
  scoreBytes: 380,
};
const ASSUMED: Assumptions = {
  leadsPerSecond: 1_000_000,
  scorerShare: 0.6,
  partitionsPerScorer: 5,
  transactionsPerSecond: 20,
  replication: 3,
  frameBytes: 20,
  broker: { cores: 16, networkBytesPerSecond: 1e9, diskBytesPerSecond: 1e9, share: 0.5 },
  readersOfScores: 2,
  retentionDays: 7,
};

test('a million leads a second, by hand', () => {
  const plan = planCluster(MEASURED, ASSUMED);
  // 5 · 20 transactions of 1 ms are a tenth of a core; the other half of one takes 50,000 leads of 10 µs.
  expect(plan).toMatchObject({ transactionShare: 0.1, leadsPerScorer: 50_000, scorers: 20, partitions: 100 });
  expect(plan.leadsPerTransaction).toBe(500);
  // 200 MB/s of leads and 400 of scores, three times; out: twice to followers, leads once, scores twice.
  expect(plan.networkIn).toBe(1.8e9);
  expect(plan.networkOut).toBe(2.2e9);
  // 2 s of CPU a second for leads and 1 for 2,000 transactions, three times.
  expect(plan.brokerCores).toBeCloseTo(9);
  expect(plan.brokersBy).toEqual({ networkIn: 4, networkOut: 5, disk: 4, cpu: 2 });
  expect(plan.brokers).toBe(6);
  expect(plan.storedBytes).toBe(1.8e9 * 86_400 * 7);
});

test('never fewer brokers than replicas and one that is away', () => {
  expect(planCluster(MEASURED, { ...ASSUMED, leadsPerSecond: 100 }).brokers).toBe(4);
});

test('refuses transactions that leave no time for leads', () => {
  expect(() => planCluster(MEASURED, { ...ASSUMED, transactionsPerSecond: 120 })).toThrow(RangeError);
});
