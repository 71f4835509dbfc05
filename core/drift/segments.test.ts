import { describe, expect, it } from 'vitest';
import type { SegmentPolicy } from '../contracts/policy.ts';
import type { Reference } from '../contracts/reference.ts';
import { completePolicy } from '../policy/defaults.ts';
import { findSegments, locateSegment } from './segments.ts';
import { levelReference, numericReference } from './testing/reference.ts';

const reference: Reference = {
  rows: 60,
  features: [
    numericReference('age', [20, 30, 40, 50]),
    levelReference('source', { web: 10, phone: 30, fair: 20 }),
  ],
  score: numericReference('score', [0.1, 0.2]),
  bands: { A: 60 },
};

function find(...segments: SegmentPolicy[]) {
  const outcome = completePolicy({ drift: { reference: { kind: 'rolling', windows: 7 }, segments } });
  if (!outcome.ok) throw new Error(outcome.problems.join());
  const found = findSegments(reference, outcome.policy.drift.segments);
  return { names: found.segments.map(({ name }) => name), problems: found.problems };
}

describe('findSegments', () => {
  it('finds the largest levels, or those that are named, at most so many', () => {
    expect(find({ feature: 'source' }).names).toEqual(['source=phone', 'source=fair', 'source=web']);
    expect(find({ feature: 'source', most: 2 }).names).toEqual(['source=phone', 'source=fair']);
    expect(find({ feature: 'source', levels: ['web', 'fair'], most: 1 }).names).toEqual(['source=web']);
  });

  it('tells what the version does not have, and finds the rest', () => {
    expect(
      find({ feature: 'age' }, { feature: 'channel' }, { feature: 'source', levels: ['tv', 'web'] }),
    ).toEqual({
      names: ['source=web'],
      problems: [
        'drift.segments: age is no feature of levels in this version',
        'drift.segments: channel is no feature of levels in this version',
        'drift.segments: training never saw source=tv',
      ],
    });
  });

  it('is found again by its name, where a row says so', () => {
    expect(locateSegment(reference, 'source=fair')).toEqual({ feature: 1, bin: 2 });
    expect(locateSegment(reference, 'role=canary')).toBeUndefined();
  });
});

describe('the policy of segments', () => {
  it('asks for a reference of windows, for features but once, and for none called role', () => {
    const outcome = completePolicy({
      drift: {
        segments: [
          { feature: 'role' },
          { feature: 'source', reference: { kind: 'rolling', windows: 4 } },
          { feature: 'source', reference: { kind: 'rolling', windows: 4 } },
        ],
      },
    });
    expect(outcome.ok ? [] : outcome.problems.map((problem) => problem.split(':')[0])).toEqual([
      'drift.segments[0].feature',
      'drift.segments[0].reference',
      'drift.segments[2].feature',
    ]);
  });
});
