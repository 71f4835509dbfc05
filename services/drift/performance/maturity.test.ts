import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { expect, test } from 'vitest';
import { createMaturity } from './maturity.ts';

const completed = completePolicy({ outcomes: { horizon: 'PT1S' }, windows: { allowed_lateness: 'PT1S' } });
if (!completed.ok) throw new Error('a good policy');
const models = { policyOf: () => completed.policy };
const scope = { model: 'm', modelVersion: '1', role: 'production' } as const;
const at = (watermarkMs: number) => ({ of: () => watermarkMs });

test('a window is mature once the outcomes that had come when event time passed it have been read', () => {
  let nowMs = 100;
  const maturity = createMaturity(() => nowMs);
  expect(maturity.of(scope, models).matureUntilMs).toBe(-Infinity);
  maturity.observe({ watermarks: at(50_000), outcomesUntilMs: 99 });
  expect(maturity.of(scope, models)).toEqual({ closedUntilMs: 49_000, matureUntilMs: -Infinity });
  nowMs = 200;
  maturity.observe({ watermarks: at(80_000), outcomesUntilMs: 150 });
  expect(maturity.of(scope, models)).toEqual({ closedUntilMs: 79_000, matureUntilMs: 49_000 });
  nowMs = 300;
  maturity.observe({ watermarks: at(90_000), outcomesUntilMs: 300 });
  expect(maturity.of(scope, models)).toEqual({ closedUntilMs: 89_000, matureUntilMs: 89_000 });
});
