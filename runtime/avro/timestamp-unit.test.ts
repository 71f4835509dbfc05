import { describe, expect, it } from 'vitest';
import { timestampUnit } from './timestamp-unit.ts';

const schema = JSON.stringify({
  type: 'record',
  name: 'Lead',
  fields: [
    { name: 'millis', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'micros', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
    { name: 'local', type: { type: 'long', logicalType: 'local-timestamp-nanos' } },
    { name: 'bare', type: 'long' },
    {
      name: 'meta',
      type: [
        'null',
        {
          type: 'record',
          name: 'Meta',
          fields: [{ name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } }],
        },
      ],
    },
  ],
});

describe('timestampUnit', () => {
  it.each([
    ['millis', 'millis'],
    ['micros', 'micros'],
    ['local', 'nanos'],
    ['meta.at', 'micros'],
    ['bare', 'millis'],
    ['absent', 'millis'],
    ['bare.deeper', 'millis'],
  ])('%s is in %s', (path, unit) => {
    expect(timestampUnit(schema, path)).toBe(unit);
  });

  it('bears a schema that is no record', () => {
    expect(timestampUnit('"string"', 'at')).toBe('millis');
  });
});
