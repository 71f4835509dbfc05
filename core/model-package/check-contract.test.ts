import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Golden } from '../contracts/golden.ts';
import type { Feature, Manifest } from '../contracts/manifest.ts';
import { activeFeature, ageFeature, colorFeature } from '../features/testing/features.ts';
import { checkContract } from './check-contract.ts';

type ContractParts = Pick<Manifest, 'input' | 'features'>;
type Field = readonly [name: string, type: unknown, more?: object];

const ids: readonly Field[] = [
  ['lead_id', 'string'],
  ['event_id', ['null', 'string']],
  ['created_at', { type: 'long', logicalType: 'timestamp-millis' }],
];
const sound: readonly Field[] = [
  ...ids,
  ['age', ['null', 'double']],
  ['color', ['null', 'string']],
  ['active', 'boolean'],
];

function record(fields: readonly Field[]): string {
  return JSON.stringify({
    type: 'record',
    name: 'Lead',
    namespace: 'test',
    fields: fields.map(([name, type, more]) => ({ name, type, ...more })),
  });
}

/** The sound schema with some fields changed or, with undefined, without them. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  const kept = sound.filter(([name]) => !(name in changes));
  const added = Object.entries(changes).filter(([, type]) => type !== undefined);
  return record([...kept, ...added]);
}

function manifest(...features: Feature[]): ContractParts {
  const read =
    features.length > 0 ? features : [ageFeature, colorFeature('one-hot', 'zero', 'level'), activeFeature];
  const input = { entity_id: 'lead_id', event_id: 'event_id', event_time: 'created_at' };
  return { input, features: read };
}

function problemsOf(schema: string, of: ContractParts = manifest(), golden?: Golden): string[] {
  return checkContract(of, schema, golden).problems.map(({ code, message }) => `${code} ${message}`);
}

function warningsOf(schema: string, of: ContractParts = manifest()): string[] {
  return checkContract(of, schema).warnings.map(({ code, message }) => `${code} ${message}`);
}

test('a schema that has every field in its kind is sound', () => {
  expect(checkContract(manifest(), record(sound))).toEqual({ problems: [], warnings: [] });
});

test.each(['1.0.0', '1.1.0'])('bank-leads %s reads the schema in the tree', (version) => {
  const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const folder = `models/bank-leads/${version}`;
  const bank = JSON.parse(read(`${folder}/manifest.json`)) as Manifest;
  const golden = JSON.parse(read(`${folder}/golden.json`)) as Golden;
  const schema = read('schemas/lead-created.avsc');
  expect(checkContract(bank, schema, golden)).toEqual({ problems: [], warnings: [] });
  const narrowed = JSON.parse(schema) as { fields: { name: string; type: unknown }[] };
  narrowed.fields.find(({ name }) => name === 'euribor3m')!.type = ['null', 'int'];
  expect(problemsOf(JSON.stringify(narrowed), bank, golden)).toEqual([
    expect.stringMatching(/^contract\.narrowed feature euribor3m: .* values like [\d.]+ in field euribor3m/),
  ]);
});

describe('a missing field', () => {
  test('is named, with what the record has instead', () => {
    expect(problemsOf(changed({ age: undefined }))).toEqual([
      "contract.missing_field feature Age: the package reads a number from field age, but record Lead has no 'age', it has lead_id, event_id, created_at, color, active",
    ]);
  });

  test('that was renamed is told by its alias', () => {
    const schema = record([
      ...sound.filter(([name]) => name !== 'age'),
      ['years', 'int', { aliases: ['age'] }],
    ]);
    expect(problemsOf(schema)).toEqual([
      expect.stringContaining("it was renamed, 'years' has it as an alias"),
    ]);
  });

  test('of the identity is named by its role', () => {
    expect(problemsOf(changed({ lead_id: undefined, event_id: undefined, created_at: undefined }))).toEqual([
      expect.stringContaining('contract.missing_field input.entity_id:'),
      expect.stringContaining('contract.missing_field input.event_id:'),
      expect.stringContaining('contract.missing_field input.event_time:'),
    ]);
  });

  test('is no reason to keep quiet about the others', () => {
    const schema = changed({ age: undefined, color: 'int', active: 'string', lead_id: 'double' });
    expect(checkContract(manifest(), schema).problems.map(({ code }) => code)).toEqual([
      'contract.type',
      'contract.missing_field',
      'contract.type',
      'contract.type',
    ]);
  });
});

describe('a path', () => {
  const at = (field: string): ContractParts => manifest({ ...activeFeature, field });
  const nested = {
    type: 'record',
    name: 'Person',
    fields: [
      { name: 'active', type: ['null', 'boolean'] },
      { name: 'friend', type: ['null', 'Person'] },
    ],
  };
  const schema = changed({
    person: ['null', nested],
    flags: { type: 'map', values: 'boolean' },
    other: 'test.Person',
  });
  test.each([
    'person.active',
    'person.friend.friend.active',
    'flags.any',
    'flags.key.with.dots',
    'other.active',
  ])('%s is found', (path) => expect(problemsOf(schema, at(path))).toEqual([]));
  test.each([
    ['person.aktive', "record Person has no 'aktive', it has active, friend"],
    ['color.active', "there is a string where 'active' is looked for"],
    ['person', 'the schema has record there'],
  ])('%s is not', (path, message) => {
    expect(problemsOf(schema, at(path))).toEqual([expect.stringContaining(message)]);
  });

  test('into a union of records is found where one of them has it', () => {
    const both = { type: 'record', name: 'Firm', fields: [{ name: 'size', type: 'int' }] };
    expect(problemsOf(changed({ who: [nested, both] }), at('who.active'))).toEqual([]);
  });

  test('into a map of records goes on below the key', () => {
    const people = changed({ people: { type: 'map', values: nested } });
    expect(problemsOf(people, at('people.bob.active'))).toEqual([]);
    expect(problemsOf(people, at('people.bob.age'))).toEqual([
      expect.stringContaining("Person has no 'age'"),
    ]);
  });
});

describe('a type', () => {
  test.each([
    ['age', 'int', []],
    ['age', ['null', 'long', 'float'], []],
    ['age', { type: 'int', logicalType: 'date' }, []],
    ['age', 'boolean', ['number from field age, but the schema has boolean there']],
    [
      'age',
      { type: 'bytes', logicalType: 'decimal', precision: 9 },
      ['the schema has bytes (decimal) there'],
    ],
    ['age', 'null', ['it can hold nothing but null']],
    ['active', 'int', ['a boolean from field active, but the schema has int there']],
    ['color', { type: 'string', logicalType: 'uuid' }, []],
    ['color', ['null', 'string', { type: 'array', items: 'string' }], ['the schema has array there']],
    ['lead_id', 'long', []],
    ['lead_id', 'double', ['a string or an integer from field lead_id, but the schema has double']],
    ['created_at', 'string', []],
    ['created_at', 'int', ['a timestamp or an ISO 8601 string']],
    ['created_at', { type: 'int', logicalType: 'date' }, ['but the schema has int (date) there']],
    ['created_at', { type: 'long', logicalType: 'time-micros' }, ['long (time-micros)']],
  ])('%s as %j', (field, type, problems) => {
    const found = problemsOf(changed({ [field]: type }));
    expect(found).toEqual(problems.map((what) => expect.stringContaining(what)));
  });

  test('that only placeholders fit is a warning', () => {
    const schema = changed({ age: ['null', 'double', 'string'] });
    expect(problemsOf(schema)).toEqual([]);
    expect(warningsOf(schema)).toEqual([expect.stringContaining('anything but n/a there is a dead letter')]);
  });

  test.each([
    [4.857, 'int', ['values like 4.857 in field age, but the schema has int']],
    [4.857, 'long', ['the schema has long']],
    [5_000_000_000, 'int', ['values like 5000000000']],
    [5_000_000_000, 'long', []],
    [4.857, ['int', 'float'], []],
    [41, 'int', []],
    [999.5, 'int', []],
  ])('%d written as %j', (age, type, problems) => {
    const of = manifest({ ...ageFeature, missing: { encode: 'nan', placeholders: [999.5] } });
    const golden: Golden = { tolerance: 1e-5, rows: [{ event: { age }, score: 0 }] };
    expect(problemsOf(changed({ age: type }), of, golden)).toEqual(
      problems.map((what) => expect.stringContaining(what)),
    );
  });
});

describe('an enum', () => {
  const colors = (...symbols: string[]): string =>
    changed({ color: ['null', { type: 'enum', name: 'Color', symbols }] });
  const packageWith = (unseen: 'zero' | 'reject'): ContractParts =>
    manifest(colorFeature('one-hot', unseen, 'level'));

  test('with the very levels of the package is sound', () => {
    expect(checkContract(packageWith('reject'), colors('green', 'red'))).toEqual({
      problems: [],
      warnings: [],
    });
  });

  test('that lost a level is told with what is new there', () => {
    expect(problemsOf(colors('red', 'lime'), packageWith('zero'))).toEqual([
      'contract.levels feature Color: the package has the level green, which field color can no longer hold (new there: lime; renamed?)',
    ]);
  });

  test('with a new symbol is a warning, or a problem where unseen levels are rejected', () => {
    expect(problemsOf(colors('red', 'green', 'blue'), packageWith('zero'))).toEqual([]);
    expect(warningsOf(colors('red', 'green', 'blue'), packageWith('zero'))).toEqual([
      expect.stringContaining('can hold blue, which training never saw: it is encoded as unseen (zero)'),
    ]);
    expect(problemsOf(colors('red', 'green', 'blue'), packageWith('reject'))).toEqual([
      expect.stringContaining('such a lead is a dead letter'),
    ]);
  });

  test('beside a free text says nothing of levels', () => {
    expect(
      problemsOf(changed({ color: [{ type: 'enum', name: 'Color', symbols: ['lime'] }, 'string'] })),
    ).toEqual([]);
  });

  test('turned into a boolean lost its levels', () => {
    expect(problemsOf(changed({ color: 'boolean' }))).toEqual([
      expect.stringContaining('the level red, green, which field color can no longer hold'),
    ]);
  });
});

test.each(['{', '"string"', '{"type":"enum","name":"A","symbols":["a"]}'])(
  '%s is no schema of leads',
  (schema) => {
    expect(problemsOf(schema)).toEqual([expect.stringContaining('contract.schema')]);
  },
);
