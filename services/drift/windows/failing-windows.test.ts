import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { type Window, windowAt } from '@scoreline/core/windows/tumbling.ts';
import { expect, test } from 'vitest';
import type { Scope } from '../streams.ts';
import { createFailingWindows } from './failing-windows.ts';

const DAY_MS = 86_400_000;
const scope: Scope = { model: 'm', modelVersion: '1', role: 'pairs' };
const day = (number: number): Window => windowAt(number * DAY_MS, parseDuration('P1D')!);
const week = (number: number): Window => windowAt(number * DAY_MS, parseDuration('P1W')!);

test('a window that fails waits longer and longer, and holds up only what it is part of', () => {
  let nowMs = 0;
  const failing = createFailingWindows(() => nowMs);
  const due = [day(4), day(5), week(4), week(11)];
  expect(failing.ready(scope, due)).toEqual(due);

  expect(failing.failed(scope, day(4))).toMatchObject({ attempts: 1, retryInMs: 5_000 });
  expect(failing.ready(scope, due)).toEqual([day(5), week(11)]);
  expect(failing.ready({ ...scope, model: 'other' }, due)).toEqual(due);

  nowMs = 5_000;
  expect(failing.ready(scope, due)).toEqual(due);
  expect(failing.failed(scope, day(4))).toMatchObject({ attempts: 2, retryInMs: 10_000 });
  for (let i = 0; i < 20; i++) failing.failed(scope, day(4));
  expect(failing.failed(scope, day(4)).retryInMs).toBe(600_000);
});

test('a larger window that fails holds up none inside of it', () => {
  const failing = createFailingWindows(() => 0);
  failing.failed(scope, week(4));
  expect(failing.ready(scope, [day(4), week(4)])).toEqual([day(4)]);
});

test('what is no longer due has been closed', () => {
  const failing = createFailingWindows(() => 0);
  failing.failed(scope, day(4));
  failing.failed(scope, day(5));
  expect(failing.count()).toBe(2);
  failing.keep([day(5), day(6)].map(({ size, startMs }) => ({ ...scope, size: size.text, startMs })));
  expect(failing.count()).toBe(1);
});
