import { describe, expect, test } from 'vitest';
import { createIdentityReader, type TimestampUnit } from './identity.ts';

const { read } = createIdentityReader({
  entity_id: 'lead.id',
  event_id: 'event',
  event_time: 'at',
  group_id: 'query',
});

const nobody = { entityId: 'a', eventId: null, eventTimeMs: null, groupId: null };

test('ids are strings or integers; only the lead’s has to be there', () => {
  expect(read({ lead: { id: 'a' } })).toEqual(nobody);
  expect(read({ lead: { id: 17 }, event: 2n ** 60n, query: '' })).toEqual({
    ...nobody,
    entityId: '17',
    eventId: '1152921504606846976',
  });
  expect(createIdentityReader({ entity_id: 'id' }).read({ id: 'a', at: 'ignored' })).toEqual(nobody);
});

test.each([[{}], [{ lead: null }], [{ lead: { id: null } }], [{ lead: { id: '' } }]])(
  '%j has no lead id',
  (event) => {
    expect(read(event)).toEqual({
      code: 'identity.missing',
      field: 'lead.id',
      message: 'field lead.id is the lead’s id, but has no value',
    });
  },
);

test.each([
  ['lead.id', { lead: { id: 1.5 } }],
  ['lead.id', { lead: 'text' }],
  ['event', { lead: { id: 'a' }, event: true }],
  ['query', { lead: { id: 'a' }, query: {} }],
  ['at', { lead: { id: 'a' }, at: true }],
  ['at', { lead: { id: 'a' }, at: Infinity }],
])('a wrong type of %s is told', (field, event) => {
  expect(read(event)).toMatchObject({ code: 'identity.wrong_type', field });
});

describe('event time', () => {
  const timeOf = (at: unknown, unit?: TimestampUnit) => read({ lead: { id: 'a' }, at }, unit);
  const may2008 = Date.UTC(2008, 4, 1);

  test.each<[unknown, TimestampUnit | undefined, number]>([
    [may2008, undefined, may2008],
    [may2008, 'millis', may2008],
    [may2008 * 1000 + 999, 'micros', may2008],
    [-1, 'micros', -1],
    [BigInt(may2008) * 1_000_000n, 'nanos', may2008],
    ['2008-05-01', undefined, may2008],
    ['2008-05-01T02:00:00+02:00', 'micros', may2008],
    ['2008-05-01T00:00:00.000Z', undefined, may2008],
  ])('%s read as %s', (at, unit, expected) => {
    expect(timeOf(at, unit)).toEqual({ ...nobody, eventTimeMs: expected });
  });

  test.each(['yesterday', '2008-05-01T00:00:00', '05/01/2008', '2008-13-01', ''])(
    '%j is no time that is clear',
    (at) => {
      expect(timeOf(at)).toMatchObject(at === '' ? nobody : { code: 'identity.wrong_type', field: 'at' });
    },
  );

  test('a time far from all others is a wrong unit', () => {
    expect(timeOf(may2008 * 1000, 'millis')).toMatchObject({
      code: 'identity.wrong_type',
      message: 'field at read as millis is a time outside 1900 to 2299: is the unit right?',
    });
    expect(timeOf('1066-10-14')).toMatchObject({ code: 'identity.wrong_type' });
  });
});
