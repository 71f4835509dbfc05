import { expect, test } from 'vitest';
import type { Scope } from '../streams.ts';
import { isRetired, type LastScore } from './retired.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = 100 * HOUR_MS;
const AT = { nowMs: NOW_MS, windowMs: MINUTE_MS };

function scope(modelVersion: string, role: Scope['role'] = 'production', model = 'm'): Scope {
  return { model, modelVersion, role };
}

function scored(of: Scope, agoMs: number): LastScore {
  return { ...of, lastMs: NOW_MS - agoMs };
}

test('a version is retired once another has scored, and it has not, for ten minutes', () => {
  const next = scored(scope('2'), MINUTE_MS);
  expect(isRetired(scope('1'), [scored(scope('1'), 9 * MINUTE_MS), next], AT)).toBe(false);
  expect(isRetired(scope('1'), [scored(scope('1'), 11 * MINUTE_MS), next], AT)).toBe(true);
  expect(isRetired(scope('1'), [next], AT)).toBe(true);
  expect(isRetired(scope('2'), [scored(scope('1'), 11 * MINUTE_MS), next], AT)).toBe(false);
});

test('where nobody scores, or only another model, nobody is retired', () => {
  const own = scored(scope('1'), 9 * HOUR_MS);
  expect(isRetired(scope('1'), [own], AT)).toBe(false);
  expect(isRetired(scope('1'), [], AT)).toBe(false);
  expect(isRetired(scope('1'), [own, scored(scope('2', 'production', 'other'), 0)], AT)).toBe(false);
  expect(isRetired(scope('2'), [scored(scope('1'), 10 * HOUR_MS), scored(scope('2'), 9 * HOUR_MS)], AT)).toBe(
    false,
  );
});

test('a version stays retired through a night without leads', () => {
  const scores = [scored(scope('1'), 9 * HOUR_MS), scored(scope('2'), 9 * HOUR_MS - MINUTE_MS)];
  expect(isRetired(scope('1'), scores, AT)).toBe(true);
});

test('production is not retired by a canary that has all leads', () => {
  const scores = [scored(scope('1'), 2 * HOUR_MS), scored(scope('2', 'canary'), 0)];
  expect(isRetired(scope('1'), scores, AT)).toBe(false);
});

test('a canary that has a lead now and then is not retired, one without any for a day is', () => {
  const production = scored(scope('1'), 0);
  const canary = scope('2', 'canary');
  expect(isRetired(canary, [production, scored(canary, 20 * HOUR_MS)], AT)).toBe(false);
  expect(isRetired(canary, [production, scored(canary, 25 * HOUR_MS)], AT)).toBe(true);
});

test('a canary or candidate that has become production is retired as what it was', () => {
  const production = scored(scope('2'), 0);
  expect(isRetired(scope('2', 'canary'), [production], AT)).toBe(true);
  expect(isRetired(scope('2', 'pairs'), [production], AT)).toBe(true);
});

test('under wall-clock windows of an hour a version may be silent for as long', () => {
  const scores = [scored(scope('1'), HOUR_MS), scored(scope('2'), 0)];
  expect(isRetired(scope('1'), scores, { ...AT, windowMs: HOUR_MS })).toBe(false);
  expect(isRetired(scope('1'), scores, AT)).toBe(true);
});
