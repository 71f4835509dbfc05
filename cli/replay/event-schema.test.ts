import { expect, test } from 'vitest';
import { createEventSchema } from './event-schema.ts';

const schema = createEventSchema(
  JSON.stringify({
    type: 'record',
    name: 'Lead',
    namespace: 'crm',
    fields: [
      { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['a'] }, default: 'a' },
      { name: 'other', type: ['null', 'crm.Kind'], default: null },
      { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }], default: null },
      { name: 'features', type: { type: 'map', values: ['null', 'double'] }, default: {} },
      { name: 'home', type: { type: 'record', name: 'Home', fields: [{ name: 'city', type: 'string' }] } },
      { name: 'any', type: ['null', 'int', 'string'], default: null },
      { name: 'list', type: { type: 'array', items: 'int' }, default: [] },
    ],
  }),
);

test('leaves by dotted path: nested records, maps with dots in their keys, names used again', () => {
  expect(schema.leaf('id')).toEqual({ path: ['id'], type: { kind: 'string', nullable: false } });
  expect(schema.leaf('other')).toMatchObject({ type: { kind: 'enum', symbols: ['a'], nullable: true } });
  expect(schema.leaf('at')).toMatchObject({ type: { kind: 'time', unitsPerMs: 1_000, nullable: true } });
  expect(schema.leaf('features.f.1')).toEqual({
    path: ['features', 'f.1'],
    type: { kind: 'number', nullable: true },
  });
  expect(schema.leaf('home.city')).toEqual({
    path: ['home', 'city'],
    type: { kind: 'string', nullable: false },
  });
});

test('what no cell becomes says why', () => {
  expect(schema.leaf('nothing')).toContain('no field');
  expect(schema.leaf('home.street')).toContain('no field');
  expect(schema.leaf('any')).toContain('union');
  expect(schema.leaf('id.part')).toContain('no field');
  expect(typeof schema.leaf('list')).toBe('string');
  expect(typeof schema.leaf('home')).toBe('string');
});

test('fields without a default need a source; what is no record is refused', () => {
  expect(schema.required).toEqual(['id', 'home']);
  expect(() => createEventSchema('"string"')).toThrow('record');
});
