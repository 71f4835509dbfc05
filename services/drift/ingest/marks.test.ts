import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { expect, test } from 'vitest';
import { marksOf } from './marks.ts';

const HOUR_MS = 3_600_000;
const outcome = completePolicy({ windows: { base: 'PT1H', sizes: ['P1D'] } });
if (!outcome.ok) throw new Error('a good policy');
const policyOf = (): typeof outcome.policy => outcome.policy;

function score(role: LeadScored['role'], hour: number, version = '1.0.0'): LeadScored {
  return { model: 'm', model_version: version, role, event_time: hour * HOUR_MS + 5 } as LeadScored;
}

function marks(
  scores: readonly LeadScored[],
  candidates = [{ model: 'm', modelVersion: '2.0.0' }],
): string[] {
  return marksOf(scores, policyOf, candidates)
    .map(({ modelVersion, role, size, startMs }) => `${modelVersion} ${role} ${size} ${startMs / HOUR_MS}`)
    .sort();
}

test('rows of one window make one mark, in the base and in each size', () => {
  expect(marks([score('production', 25), score('production', 25), score('production', 26)], [])).toEqual([
    '1.0.0 production P1D 24',
    '1.0.0 production PT1H 25',
    '1.0.0 production PT1H 26',
  ]);
});

test("production's rows make each candidate's pairs dirty, a candidate's rows its own", () => {
  expect(marks([score('production', 0)])).toEqual([
    '1.0.0 production P1D 0',
    '1.0.0 production PT1H 0',
    '2.0.0 pairs P1D 0',
    '2.0.0 pairs PT1H 0',
  ]);
  expect(marks([score('shadow', 0, '3.0.0')])).toEqual([
    '3.0.0 pairs P1D 0',
    '3.0.0 pairs PT1H 0',
    '3.0.0 shadow P1D 0',
    '3.0.0 shadow PT1H 0',
  ]);
});

test('a candidate that has become production is no pair of its own', () => {
  expect(marks([score('production', 0, '2.0.0')])).toEqual([
    '2.0.0 production P1D 0',
    '2.0.0 production PT1H 0',
  ]);
});

test('a canary has windows of its own, a backtest none', () => {
  expect(marks([score('canary', 0), score('backtest', 0)])).toEqual([
    '1.0.0 canary P1D 0',
    '1.0.0 canary PT1H 0',
  ]);
});
