import { AB_PLAN, CANARY_PLAN, given, of, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { expect, test } from 'vitest';
import { findPeriod } from './share-period.ts';

const HOUR_MS = 3_600_000;
const after = (...commands: Parameters<typeof given>): Rollout => given(...commands).latest!;

test.each<[string, Rollout, ReturnType<typeof findPeriod>]>([
  ['a canary at its first step', after(start()), { fromMs: 0, toMs: null, share: 0.1 }],
  ['at its second', after(start(), of('advance')), { fromMs: HOUR_MS, toMs: null, share: 0.5 }],
  [
    'with all leads: as it was with half of them',
    after(start(), of('advance'), of('promote')),
    { fromMs: HOUR_MS, toMs: 2 * HOUR_MS, share: 0.5 },
  ],
  [
    'paused and resumed: the shares stay',
    after(start(), of('pause'), of('resume')),
    { fromMs: 0, toMs: null, share: 0.1 },
  ],
  [
    'rolled back: until then',
    after(start(), of('advance'), of('roll_back')),
    { fromMs: HOUR_MS, toMs: 2 * HOUR_MS, share: 0.5 },
  ],
  ['an A/B test', after(start(AB_PLAN)), { fromMs: 0, toMs: null, share: 1 }],
  [
    'a canary of all leads from the start',
    after(start({ ...CANARY_PLAN, steps: [{ share: 1, duration_ms: 1 }] })),
    { fromMs: 0, toMs: null, share: 1 },
  ],
])('%s', (_, rollout, period) => expect(findPeriod(rollout)).toEqual(period));
