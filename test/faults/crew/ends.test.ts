import { expect, it } from 'vitest';
import { watchEnds } from './ends.ts';

const STRAY = 'scorer-a ended with status 1, and no fault had asked for it';

it('tells an end that nothing ordered, with its status', () => {
  const ends = watchEnds('scorer-a');
  ends.started();
  ends.ended('ended with status 1');
  expect(ends.stray()).toEqual([STRAY]);
});

it('tells none of a process that a fault ends, and those of its successor again', () => {
  const ends = watchEnds('scorer-a');
  ends.started();
  ends.allow();
  ends.ended('ended by signal 9');
  expect(ends.stray()).toEqual([]);
  ends.started();
  ends.ended('ended with status 1');
  expect(ends.stray()).toEqual([STRAY]);
});

it('takes an allowance back', () => {
  const ends = watchEnds('scorer-a');
  ends.started();
  ends.allow()();
  ends.ended('ended with status 1');
  expect(ends.stray()).toEqual([STRAY]);
});

it.each(['ended by signal 9', 'ended by SIGKILL'])('a process that is armed may kill itself: %s', (how) => {
  let nowMs = 0;
  const ends = watchEnds('scorer-a', () => nowMs);
  ends.started();
  ends.arm(true);
  ends.ended('ended with status 1');
  ends.ended(how);
  ends.arm(false);
  nowMs = 900;
  ends.ended(how);
  expect(ends.stray()).toEqual([STRAY]);
  nowMs = 1_100;
  ends.ended(how);
  expect(ends.stray()).toHaveLength(2);
});
