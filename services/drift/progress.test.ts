import { expect, test } from 'vitest';
import { caughtUpPartitions, readUntilOf } from './progress.ts';

test('a partition is caught up when only a marker is left, or when it never had anything', () => {
  const lag = new Map([
    ['t/0', 0],
    ['t/1', 1],
    ['t/2', 2],
    ['t/3', 500],
    ['t/4', 0],
    ['other/5', 0],
  ]);
  const fetched = new Map(['t/0', 't/1', 't/2'].map((key) => [key, 7]));
  const reader = { assigned: () => new Map([['t', [0, 1, 2, 3, 4]]]), fetched: () => fetched };
  expect(caughtUpPartitions('t', lag, reader, 0)).toEqual([0, 1, 4]);
  // Partition 3 has been fetched for a while and gave nothing: its 500 had been read before.
  expect(caughtUpPartitions('t', lag, reader, 60_000)).toEqual([0, 1, 3, 4]);
  expect(caughtUpPartitions('none', lag, reader, 0)).toEqual([]);
});

test('a stream has been read as far as its slowest partition, and not at all where one is unknown', () => {
  const row = (partition: number, readUntilMs: number | null) =>
    ({ stream: 'lead-scores', partition, maxEventTimeMs: null, activeAtMs: 0, readUntilMs }) as const;
  expect(readUntilOf([row(0, 50), row(1, 30)], 'lead-scores')).toBe(30);
  expect(readUntilOf([row(0, 50), row(1, null)], 'lead-scores')).toBe(-Infinity);
  expect(readUntilOf([row(0, 50)], 'lead-shadow-scores')).toBe(-Infinity);
});
