import { expect, test } from 'vitest';
import { createCandidates } from './candidates.ts';

const version = (modelVersion: string) => ({ model: 'm', modelVersion });

test('the configured candidate is always expected, one that spoke for a day', () => {
  let nowMs = 0;
  const candidates = createCandidates([version('2.0.0')], [version('3.0.0')], () => nowMs);
  candidates.seen(version('2.0.0'));
  nowMs = 20 * 3_600_000;
  candidates.seen(version('4.0.0'));
  expect(candidates.expected()).toEqual(['3.0.0', '2.0.0', '4.0.0'].map(version));
  nowMs = 40 * 3_600_000;
  expect(candidates.expected()).toEqual(['2.0.0', '4.0.0'].map(version));
});
