import { expect, test } from 'vitest';
import { endingsOf, type Reach } from './endings.ts';

const REACH: Reach = {
  partitions: new Map([
    ['scores', [2]],
    ['dead-letters', [2]],
  ]),
  hasOffsets: true,
};

test('a commit is said everywhere', () => {
  expect(endingsOf({ outcome: 'commit' }, REACH)).toEqual([{ outcome: 'commit', ...REACH }]);
});

test('an abort is said where the transaction had come to; elsewhere only what was committed can be open', () => {
  const partitions = new Map([['scores', [2]]]);
  expect(endingsOf({ outcome: 'abort', partitions }, REACH)).toEqual([
    { outcome: 'abort', partitions, hasOffsets: false },
    { outcome: 'commit', partitions: new Map([['dead-letters', [2]]]), hasOffsets: true },
  ]);
  const offsetsAlone = new Map([['__consumer_offsets', [7]]]);
  expect(endingsOf({ outcome: 'abort', partitions: offsetsAlone }, REACH)).toEqual([
    { outcome: 'abort', partitions: new Map(), hasOffsets: true },
    { outcome: 'commit', partitions: REACH.partitions, hasOffsets: false },
  ]);
});

test('of many partitions those that had joined are told from the others', () => {
  const reach = { partitions: new Map([['leads', [0, 1, 2]]]), hasOffsets: false };
  expect(endingsOf({ outcome: 'abort', partitions: new Map([['leads', [1]]]) }, reach)).toEqual([
    { outcome: 'abort', partitions: new Map([['leads', [1]]]), hasOffsets: false },
    { outcome: 'commit', partitions: new Map([['leads', [0, 2]]]), hasOffsets: false },
  ]);
});

test('nothing is said where nothing is known, or nothing can be reached', () => {
  expect(endingsOf(undefined, REACH)).toEqual([]);
  expect(
    endingsOf({ outcome: 'commit' }, { partitions: new Map([['scores', []]]), hasOffsets: false }),
  ).toEqual([]);
});
