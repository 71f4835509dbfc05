import { expect, it } from 'vitest';
import { describeTrends, thirdsOf } from './trends.ts';

const sample = (minutes: number, rssMb: number) => ({
  minutes,
  rssMb,
  heapMb: 40 + (minutes % 7),
  handles: 12,
  loopDelayMs: minutes,
});

it('gives the slope per hour of what grows, and none of what stays', () => {
  const grows = Array.from({ length: 31 }, (_, minute) => sample(minute, 200 + minute));
  const [trend] = describeTrends(new Map([['scorer-b', grows]]));
  expect(trend?.rssMb.perHour).toBeCloseTo(60);
  expect(trend).toMatchObject({
    member: 'scorer-b',
    samples: 31,
    rssMb: { first: 205, last: 226 },
    heapMb: { first: 40, last: 40 },
    handles: { first: 12, last: 12, perHour: 0 },
    loopDelayMs: { first: 5, last: 26 },
  });
});

it('takes no slope from the warm-up, where a process grows to its size', () => {
  const settles = Array.from({ length: 31 }, (_, minute) => sample(minute, 200 + 10 * Math.min(minute, 10)));
  const [trend] = describeTrends(new Map([['drift-b', settles]]));
  expect(trend?.rssMb.perHour).toBeCloseTo(0);
});

it('leaves out who was seen too seldom to have a trend', () => {
  expect(describeTrends(new Map([['scorer-b', [sample(0, 1), sample(1, 2)]]]))).toEqual([]);
});

it('compares the first third with the last', () => {
  expect(thirdsOf([1, 2, 3, 50, 50, 50, 7, 8, 9])).toEqual({ first: 2, last: 8 });
});
