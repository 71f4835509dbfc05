import { describe, expect, it } from 'vitest';
import { type OffsetAdmin, readLogStart, readPosition } from './position.ts';
import type { StartPosition } from './types.ts';

const LOW = 100;
const HIGH = 200;

/** A broker whose partition 1 holds offsets 100 to 199; its first record of noon is 150. */
function createBroker(low = LOW): OffsetAdmin {
  return {
    fetchTopicOffsets: async () => [
      { partition: 0, offset: '7', low: '0', high: '7' },
      { partition: 1, offset: String(HIGH), low: String(low), high: String(HIGH) },
    ],
    fetchTopicOffsetsByTimestamp: async () => [{ partition: 1, offset: '150' }],
  };
}

function read(committed: number, start: StartPosition = 'earliest', partition = 1) {
  return readPosition(createBroker(), { groupId: 'scorer', topic: 'leads', partition, start, committed });
}

describe('readPosition', () => {
  it.each([
    ['inside the log', 150, { next: 150 }],
    ["at the log's start", LOW, { next: LOW }],
    ["at the log's end: nothing is left", HIGH, { next: HIGH }],
    ['before its start: retention was faster', 40, { next: LOW, expiredFrom: 40 }],
    ['none, as the broker says it', -1, { next: LOW }],
  ])('begins where the committed offset says: %s', async (_what, committed, position) => {
    expect(await read(committed)).toEqual(position);
  });

  it.each<[string, StartPosition, number]>([
    ['at a time', { timestampMs: 1_700_000_000_000 }, 150],
    ['at an offset', { offsets: new Map([[1, 170]]) }, 170],
    ['at an offset that is gone', { offsets: new Map([[1, 20]]) }, LOW],
    ['at offsets that leave it out', { offsets: new Map([[0, 3]]) }, LOW],
  ])('begins where it is told while nothing is committed: %s', async (_what, start, next) => {
    expect(await read(-1, start)).toEqual({ next });
    expect(await read(180, start)).toEqual({ next: 180 });
  });

  it('begins at the start of a topic of the same name that was made anew', async () => {
    const at = {
      groupId: 'scorer',
      topic: 'leads',
      partition: 1,
      start: 'earliest',
      committed: HIGH + 1,
    } as const;
    expect(await readPosition(createBroker(0), at)).toEqual({ next: 0 });
  });

  it('leaves it to a person where the log was cut short: its start would be scored again', async () => {
    await expect(read(HIGH + 1)).rejects.toThrow(
      'the group scorer has committed 201 of leads/1, whose log ends at 200',
    );
  });

  it('throws where the partition is not there', async () => {
    await expect(read(-1, 'earliest', 9)).rejects.toThrow('topic leads has no partition 9');
  });
});

describe('readLogStart', () => {
  it('is the first offset that is left', async () => {
    expect(await readLogStart(createBroker(), 'leads', 1)).toBe(LOW);
  });
});
