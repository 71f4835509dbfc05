import { expect, test } from 'vitest';
import { AB_PLAN, given, of, start } from '../testing/rollout-room.ts';
import { createOddsAt } from './share-history.ts';

const HOUR_MS = 3_600_000;

test('a canary’s odds are those of its step, and its control’s what they leave', () => {
  const oddsAt = createOddsAt(given(start(), of('advance'), of('roll_back')).latest!, 1);
  expect(oddsAt(HOUR_MS - 1)).toEqual({ treatment: 0.1, control: 0.9 });
  expect(oddsAt(HOUR_MS)).toEqual({ treatment: 0.5, control: 0.5 });
  expect(oddsAt(2 * HOUR_MS)).toEqual({ treatment: 0, control: 1 });
});

test('a lead that a clock puts before the start came at the first step', () => {
  const oddsAt = createOddsAt(given(start(AB_PLAN)).latest!, 0.25);
  expect(oddsAt(-5)).toEqual({ treatment: 0.25, control: 0.5 });
});
