import { expect, test } from 'vitest';
import { createPace } from './pace.ts';
import { createProgressDisplay } from './progress.ts';

const { signal } = new AbortController();

test('events go out at their rate', async () => {
  const pace = createPace(500);
  expect(pace.portionAfter(0)).toBe(5);
  const begun = performance.now();
  for (let events = 0; events <= 50; events += 5) await pace.waitFor(events, signal);
  expect(performance.now() - begun).toBeGreaterThan(95);
});

test('a late flow sends what is due in one portion, so that slow round trips do not slow it down', () => {
  let nowMs = 0;
  const pace = createPace(1_000, () => nowMs);
  expect(pace.portionAfter(0)).toBe(10);
  nowMs = 100;
  expect([pace.portionAfter(100), pace.portionAfter(40)]).toEqual([10, 70]);
  nowMs = 3_600_000;
  expect(pace.portionAfter(100)).toBe(1_010);
});

test('a flow that fell behind does not catch up more than a second', async () => {
  let nowMs = 0;
  const pace = createPace(10, () => nowMs);
  await pace.waitFor(0, signal);
  nowMs = 60_000;
  await pace.waitFor(1, signal);
  // A minute late: the schedule has moved to a second ago, so ten events are due at once and the twentieth is not.
  const waited = pace.waitFor(20, AbortSignal.timeout(20)).then(() => performance.now());
  const begun = performance.now();
  expect((await waited) - begun).toBeGreaterThan(10);
});

test('an abort ends the wait', async () => {
  const pace = createPace(0.001);
  const begun = performance.now();
  await pace.waitFor(1, AbortSignal.timeout(10));
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('no rate: no wait, large portions', async () => {
  const pace = createPace(0);
  await pace.waitFor(1e9, signal);
  expect(pace.portionAfter(1e9)).toBeGreaterThan(500);
});

test('a terminal gets a bar that moves, a file gets lines now and then', () => {
  const progress = { share: 0.5, leads: 1_200, outcomes: 3, refused: 1, seconds: 2 };
  const show = (isTTY: boolean): string => {
    let text = '';
    let nowMs = 0;
    const display = createProgressDisplay({ isTTY, write: (more) => (text += more) }, () => nowMs);
    for (nowMs = 0; nowMs < 1_000; nowMs += 50) display.update(progress);
    display.end();
    return text;
  };
  expect(show(false)).toBe('replay  50 %  1,200 leads  3 outcomes  600/s  1 rows refused\n');
  expect(show(true).split('\r').length).toBeGreaterThan(5);
  expect(show(true)).toContain('███████████████░░░░░░░░░░░░░░░');
});
