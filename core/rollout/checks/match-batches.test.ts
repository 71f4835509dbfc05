import { expect, test } from 'vitest';
import { seededRandom } from '../../shadow/seeded-random.ts';
import { checkLatency } from './check-latency.ts';
import { type BatchTimes, matchBatches } from './match-batches.ts';

const request = {
  treatment: 'bank-leads@1.1.0',
  limit: 0.5,
  onFailure: 'roll_back',
  minimumSample: 200,
  windowMs: 60_000,
} as const;

/** Calls that take 2 to 12 ms whatever their leads: a busy machine. A share of ten leads a batch goes to one side. */
function busySide(share: number, batches: number, slowness: number, seed: number): BatchTimes[] {
  const random = seededRandom(seed);
  return Array.from({ length: batches }, () => {
    const leads = Array.from({ length: 10 }, () => random()).filter((draw) => draw < share).length;
    const callUs = slowness * (2_000 + 10_000 * random());
    return { batchLeads: leads, value: Math.round(callUs / leads), count: leads };
  }).filter(({ count }) => count > 0);
}

test('a version of few leads a batch is not slow for that alone', () => {
  const treatment = busySide(0.2, 2_000, 1, 1);
  const control = busySide(0.8, 2_000, 1, 2);
  const everySize = { treatment: sumUp(treatment), control: sumUp(control) };
  expect(checkLatency(request, everySize).state).toBe('failure');
  expect(checkLatency(request, matchBatches(treatment, control)).state).not.toBe('failure');
});

test('one that is slow in batches of any size is found out', () => {
  const sides = matchBatches(busySide(0.2, 2_000, 4, 3), busySide(0.8, 2_000, 1, 4));
  expect(checkLatency(request, sides).state).toBe('failure');
});

test('a size is compared with batches of the same size, and with the nearest ones where there are too few', () => {
  const row = (batchLeads: number, value: number, batches: number): BatchTimes => ({
    batchLeads,
    value,
    count: batchLeads * batches,
  });
  const own = [row(2, 50, 100)];
  const same = matchBatches(own, [row(2, 60, 300), row(8, 20, 900)]).control;
  expect(same).toEqual({
    times: [{ value: 60, count: 200 }],
    squaredBatches: expect.closeTo(200 ** 2 / 300, 6),
  });
  // Of four leads: as long a call for two. Of one lead: as long a lead.
  const near = matchBatches(own, [row(1, 90, 100), row(4, 20, 100), row(8, 20, 900)]).control;
  expect(near.times).toEqual([
    { value: 40, count: 100 },
    { value: 90, count: 100 },
  ]);
});

test('without a control there is nothing to compare with', () => {
  const { treatment, control } = matchBatches([{ batchLeads: 1, value: 5_000, count: 300 }], []);
  expect(treatment.times).toEqual([{ value: 5_000, count: 300 }]);
  expect(control.times).toEqual([]);
});

function sumUp(rows: readonly BatchTimes[]) {
  return {
    times: rows.map(({ value, count }) => ({ value, count })).toSorted((a, b) => a.value - b.value),
    squaredBatches: rows.reduce((sum, { count, batchLeads }) => sum + count * batchLeads, 0),
  };
}
