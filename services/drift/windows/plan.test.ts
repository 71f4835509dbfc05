import { assert, integer, property, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partByRows, planRevisions, rangesOf } from './plan.ts';

const window = (startMs: number) => ({ startMs, endMs: startMs + 10 });

describe('revisions', () => {
  test('the first is 0, the same rows keep theirs, more rows are the next', () => {
    const windows = [window(0), window(10), window(20)];
    const counts = windows.map(({ startMs }) => ({ startMs, count: 5, forgotten: 0 }));
    const previous = [
      { startMs: 10, count: 5, forgotten: 0, revision: 3 },
      { startMs: 20, count: 4, forgotten: 0, revision: 3 },
    ];
    expect(planRevisions(windows, counts, previous)).toEqual({
      compute: [
        { ...window(0), revision: 0, rows: 5, forgotten: 0 },
        { ...window(10), revision: 3, rows: 5, forgotten: 0 },
        { ...window(20), revision: 4, rows: 5, forgotten: 0 },
      ],
      expired: [],
    });
  });

  test('a window that retention has emptied, in part or whole, stays as it was computed', () => {
    const previous = [0, 10].map((startMs) => ({ startMs, count: 5, forgotten: 0, revision: 0 }));
    const { compute, expired } = planRevisions(
      [window(0), window(10)],
      [{ startMs: 0, count: 4, forgotten: 0 }],
      previous,
    );
    expect(compute).toEqual([]);
    expect(expired).toEqual([0, 10]);
  });

  test('an erased row is no row that is missing, and the next event is one more', () => {
    const previous = [{ startMs: 0, count: 5, forgotten: 0, revision: 0 }];
    const plan = (count: number, forgotten: number) =>
      planRevisions([window(0)], [{ startMs: 0, count, forgotten }], previous);
    expect(plan(5, 2)).toEqual({
      compute: [{ ...window(0), revision: 0, rows: 3, forgotten: 2 }],
      expired: [],
    });
    expect(plan(6, 2)).toEqual({
      compute: [{ ...window(0), revision: 1, rows: 4, forgotten: 2 }],
      expired: [],
    });
    expect(plan(4, 2)).toEqual({ compute: [], expired: [0] });
  });

  test('a window whose rows are all erased stays as it was computed, and is no loss', () => {
    const previous = [{ startMs: 0, count: 5, forgotten: 0, revision: 0 }];
    const counts = [{ startMs: 0, count: 5, forgotten: 5 }];
    expect(planRevisions([window(0)], counts, previous)).toEqual({ compute: [], expired: [] });
  });

  test('a window without rows is not computed', () => {
    expect(planRevisions([window(0)], [], [])).toEqual({ compute: [], expired: [] });
  });
});

test('parts keep the order and have few rows, unless a single window has more', () => {
  const planned = [3, 4, 2, 50, 1, 1].map((rows, i) => ({
    ...window(10 * i),
    revision: 0,
    rows,
    forgotten: 0,
  }));
  const parts = partByRows(planned, 8);
  expect(parts.map((part) => part.map(({ rows }) => rows))).toEqual([[3, 4], [2], [50], [1, 1]]);
  expect(partByRows([], 8)).toEqual([]);
});

test('ranges cover the windows, nothing else, and have gaps between them', () => {
  const starts = uniqueArray(integer({ min: 0, max: 50 }), { minLength: 1 });
  assert(
    property(starts, (indices) => {
      const windows = indices.map((index) => window(10 * index));
      const ranges = rangesOf(windows);
      const covered = ranges.flatMap(({ fromMs, toMs }) =>
        Array.from({ length: (toMs - fromMs) / 10 }, (_, i) => fromMs / 10 + i),
      );
      expect(covered).toEqual(indices.toSorted((a, b) => a - b));
      const gaps = ranges.slice(1).map(({ fromMs }, i) => fromMs - ranges[i]!.toMs);
      expect(gaps.every((gapMs) => gapMs > 0)).toBe(true);
    }),
  );
});
