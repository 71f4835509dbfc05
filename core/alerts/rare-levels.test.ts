import { expect, it } from 'vitest';
import { judge } from '../drift/judge.ts';
import { measureNewCategories } from '../drift/measure-shares.ts';
import type { Measurement } from '../drift/measurement.ts';
import { otherBinOf } from '../drift/reference.ts';
import { createRandom } from '../drift/testing/random.ts';
import { levelReference } from '../drift/testing/reference.ts';
import { defaultPolicy, hour, runWindows } from './testing/given.ts';

const HOURS = 30 * 24;
const MONTHS = 2;
const FEATURES = Array.from({ length: 8 }, (_, i) =>
  levelReference(`level-${i}`, { a: 5_000, b: 3_000, c: 2_000 }),
);
const policy = defaultPolicy();

/** How often hours of so many leads alarm in a month in which every feature has a share of levels never seen. */
function alarmsAMonth(rowsAnHour: number, share: number): number {
  const random = createRandom(1);
  const measure = (): readonly Measurement[] =>
    FEATURES.flatMap((feature) => {
      const hits = Array.from({ length: rowsAnHour }, () => random.uniform()).filter((x) => x < share).length;
      const counts = [rowsAnHour - hits, 0, 0, 0, 0];
      counts[otherBinOf(feature)] = hits;
      return measureNewCategories(feature, { counts, ks: null }, policy.drift, false) ?? [];
    });
  const windows = Array.from({ length: HOURS * MONTHS }, (_, n) =>
    hour(n, judge(measure(), policy.drift.alpha)),
  );
  return runWindows(windows, policy).changes.filter(({ kind }) => kind === 'fired').length / MONTHS;
}

it.each([
  [20, 0.005],
  [100, 0.005],
  [100, 0.009],
  [230, 0.005],
])('%i leads an hour with %d of levels never seen, below the limit, are no alarms', (rows, share) => {
  expect(alarmsAMonth(rows, share)).toBeLessThanOrEqual(1);
});

it('a share well above the limit is found', () => {
  expect(alarmsAMonth(100, 0.15)).toBeGreaterThan(0);
});
