import { FEATURES } from '@scoreline/core/drift/testing/world.ts';
import { describe, expect, it } from 'vitest';
import { WATCHED_HOURS } from './drifts.ts';
import { countPeerAlarms, firstAlarm, tune } from './peer-rule.ts';

const EVIDENTLY = FEATURES.length + 1;
const COLUMNS = EVIDENTLY + EVIDENTLY + FEATURES.length + 8 + 1;

/** Windows in which column 3 of Evidently and column 2 of NannyML have these values. */
function month(evidently: readonly number[], nannyml: readonly number[]): Float32Array {
  const values = new Float32Array(evidently.length * COLUMNS);
  for (const [window, value] of evidently.entries()) {
    values[window * COLUMNS + 3] = value;
    values[window * COLUMNS + EVIDENTLY + 2] = nannyml[window] ?? 0;
  }
  return values;
}

describe('an alarm of a peer', () => {
  const values = month([0, 2, 2, 0, 2, 3], [4, 0, 0, 0, 0, 0]);

  it('counts where a column passes its limit, and once however long it stays there', () => {
    expect(countPeerAlarms('evidently', values, 1)).toBe(2);
    expect(countPeerAlarms('evidently', values, 2)).toBe(1);
    expect(countPeerAlarms('nannyml', values, 1)).toBe(1);
  });

  it('comes as rarely as asked for with the smallest knob that does it', () => {
    const rateAt = (knob: number) => countPeerAlarms('evidently', values, knob);
    expect(tune(rateAt, 1)).toBeCloseTo(2, 2);
    expect(tune(rateAt, 0)).toBeCloseTo(3, 2);
  });
});

describe('firstAlarm', () => {
  it('is the end of the first window above the limit, in hours; the reconstruction speaks for correlations alone', () => {
    const values = new Float32Array(3 * WATCHED_HOURS);
    values[4] = 2;
    values[WATCHED_HOURS + 9] = 2;
    values[2 * WATCHED_HOURS + 1] = 2;
    expect(firstAlarm('evidently', 'shift of a number', 0, values, 1)).toBe(5);
    expect(firstAlarm('nannyml', 'shift of a number', 0, values, 1)).toBe(10);
    expect(firstAlarm('nannyml', 'correlation lost', 0, values, 1)).toBe(2);
    expect(firstAlarm('evidently', 'correlation lost', 0, values, 1)).toBeNull();
    expect(firstAlarm('evidently', 'shift of a number', 0, values, 5)).toBeNull();
  });
});
