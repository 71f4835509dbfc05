import { describe, expect, it } from 'vitest';
import { compareKinds } from './compare-kinds.ts';
import { WATCHED_HOURS } from './drifts.ts';
import type { Detection } from './detection.ts';

type Delays = readonly (number | null)[];

function detection(scoreline: Delays, evidently: Delays, nannyml: Delays): Detection {
  const matchedDelays = { scoreline, evidently, nannyml };
  return { kind: 'shift', size: '1 σ', rowsAnHour: 50, delays: matchedDelays, matchedDelays };
}

function compareOne(...detections: readonly Detection[]) {
  const [comparison] = compareKinds(detections);
  return comparison!;
}

describe('compareKinds', () => {
  it('counts a missed drift with all the time that it was watched, and names the better peer of each figure', () => {
    const { delayHours, power, cases } = compareOne(
      detection([1, 3], [1, null], [100, 100]),
      detection([2, 2], [1, null], [100, 100]),
    );
    expect(cases).toBe(4);
    expect(delayHours).toMatchObject({ ours: 2, peer: 'evidently', theirs: (1 + WATCHED_HOURS) / 2 });
    expect(power).toMatchObject({ ours: 1, peer: 'nannyml', theirs: 1, verdict: 'equal' });
  });

  it('is ahead or behind where the interval leaves 0 out, whichever direction is better', () => {
    const early = [1, 2, 1, 2, 1, 2];
    const late = [9, 8, null, 9, 8, 7];
    const missed = [null, null, null, null, null, null];
    expect(compareOne(detection(early, late, missed)).delayHours).toMatchObject({ verdict: 'ahead' });
    expect(compareOne(detection(late, early, missed)).delayHours).toMatchObject({ verdict: 'behind' });
    expect(compareOne(detection(early, missed, missed)).power).toMatchObject({ verdict: 'ahead', low: 1 });
    expect(compareOne(detection(missed, early, missed)).power).toMatchObject({ verdict: 'behind', high: -1 });
    expect(compareOne(detection([5, 1, 6, 2, 3, 4], [3, 4, 4, 3, 3, 4], missed)).delayHours.verdict).toBe(
      'equal',
    );
  });

  it('calls nothing a difference that five seeds could show by chance', () => {
    const missed = [null, null, null, null, null];
    const { delayHours } = compareOne(detection([1, 1, 1, 1, 1], [9, 9, 9, 9, 9], missed));
    expect(delayHours).toMatchObject({ verdict: 'equal', pValue: 2 / 32 });
  });

  it('says nothing where the peers did not run', () => {
    expect(compareKinds([detection([1], [], [])])).toEqual([]);
  });
});
