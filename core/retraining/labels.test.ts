import { describe, expect, it } from 'vitest';
import { labelsNewSinceMs } from './labels.ts';
import { DAY_MS, tell, wish } from './testing/given.ts';

const TRAINED_UNTIL = '1970-01-11T00:00:00+00:00';

/** A request of day 20 that counted labels up to a day. */
function requestUpTo(day: number) {
  const counted = { labels_from: 0, labels: 10, positives: 1, new_labels: 10 };
  const trainingWindow = { ...counted, labels_to: day * DAY_MS };
  return tell([20, wish(['new_labels'], { trainingWindow })]).events[0];
}

describe('labels are new', () => {
  it('since the end of the training; where that is not known, all of them', () => {
    expect(labelsNewSinceMs(TRAINED_UNTIL, undefined)).toBe(10 * DAY_MS);
    expect(labelsNewSinceMs(undefined, undefined)).toBe(0);
    expect(labelsNewSinceMs('in spring', undefined)).toBe(0);
  });

  it('since the newest that the last request counted, where that is later', () => {
    expect(labelsNewSinceMs(TRAINED_UNTIL, requestUpTo(15))).toBe(15 * DAY_MS);
    expect(labelsNewSinceMs(TRAINED_UNTIL, requestUpTo(5))).toBe(10 * DAY_MS);
    expect(labelsNewSinceMs(TRAINED_UNTIL, tell([20, wish(['schedule'])]).events[0])).toBe(10 * DAY_MS);
  });

  it('since that request at the latest: one outcome dated in the future makes no other one old', () => {
    expect(labelsNewSinceMs(TRAINED_UNTIL, requestUpTo(9_000))).toBe(20 * DAY_MS);
  });
});
