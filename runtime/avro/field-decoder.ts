import avsc, { type Type } from 'avsc';
import { AvroCursor, BEYOND, StringCache } from './avro-cursor.ts';
import { typeForSchema } from './type.ts';

/**
 * Puts what stands at the wanted paths of an Avro record, which stands in bytes `from` up to `to`, at `values[0…]`; undefined where
 * there is no such field. False, with any values, where it leaves the record to whoever decodes it whole: for longs
 * past 2^52, for what is no such record.
 */
export type FieldDecoder = (bytes: Buffer, from: number, to: number, values: unknown[]) => boolean;

/** How far a record is read. */
export type Reach = 'end' | 'last field';

/** Reads a value, or goes past it. */
type Reader = (cursor: AvroCursor) => unknown;
/** Reads a value and puts it where it is wanted. */
type Step = (cursor: AvroCursor, values: unknown[]) => void;

/** A path, from the record at hand on, and its place among the values. */
interface Wanted {
  readonly names: readonly string[];
  readonly place: number;
}

const { types } = avsc;

/** Of one array or map. */
const MAX_ITEMS = 10_000;

/**
 * Compiles a writer's schema into a decoder of some of its fields, which makes no object of the rest. Paths are those
 * of core/features/field-path, and give what is found there in an event that avsc decodes. Undefined where a path
 * leads to more than a number, a string, a boolean or null, or through more than records.
 * @param reach - `'last field'` leaves what follows the last wanted field unread: whether it is a record to its end is
 *   then for another to find.
 */
export function compileFieldDecoder(
  schema: string,
  paths: readonly string[],
  reach: Reach = 'end',
): FieldDecoder | undefined {
  const type = typeForSchema(schema);
  const wanted = paths.map((path, place) => ({ names: path.split('.'), place }));
  const read = type instanceof types.RecordType ? compileRecord(type, wanted, reach) : undefined;
  if (read === undefined) return undefined;
  const cursor = new AvroCursor();
  return (bytes, from, to, values) => {
    cursor.open(bytes, from, to);
    try {
      read(cursor, values);
    } catch (error) {
      if (error === BEYOND) return false;
      throw error;
    }
    return reach === 'last field' || cursor.left === 0;
  };
}

function compileRecord(
  record: avsc.types.RecordType,
  wanted: readonly Wanted[],
  reach: Reach,
): Step | undefined {
  const names = new Set(record.fields.map(({ name }) => name));
  const absent = wanted.filter(({ names: [name = ''] }) => !names.has(name)).map(({ place }) => place);
  const steps: Step[] = [];
  const isWanted = (name: string): boolean => wanted.some(({ names: [first] }) => first === name);
  const last = record.fields.findLastIndex(({ name }) => isWanted(name));
  for (const { name, type } of reach === 'end' ? record.fields : record.fields.slice(0, last + 1)) {
    const step = compileField(
      type,
      wanted.filter(({ names: [first] }) => first === name),
    );
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return (cursor, values) => {
    for (const place of absent) values[place] = undefined;
    for (const step of steps) step(cursor, values);
  };
}

function compileField(type: Type, wanted: readonly Wanted[]): Step | undefined {
  if (wanted.length === 0) return compileSkip(type, []);
  const places = wanted.map(({ place }) => place);
  const [first = 0, ...more] = places;
  if (wanted.some(({ names }) => names.length > 1)) return compileNested(type, wanted);
  const read = compileValue(type);
  if (read === undefined) return undefined;
  if (more.length === 0) return (cursor, values) => void (values[first] = read(cursor));
  return (cursor, values) => {
    const value = read(cursor);
    for (const place of places) values[place] = value;
  };
}

/** A record, or null or a record: then nothing stands at paths that lead on. */
function compileNested(type: Type, wanted: readonly Wanted[]): Step | undefined {
  if (wanted.some(({ names }) => names.length === 1)) return undefined;
  const rest = wanted.map(({ names: [, ...names], place }) => ({ names, place }));
  const branches = branchesOf(type) ?? [type];
  const steps = branches.map((branch): Step | undefined => {
    if (branch instanceof types.RecordType) return compileRecord(branch, rest, 'end');
    if (!(branch instanceof types.NullType)) return undefined;
    return (_cursor, values) => {
      for (const { place } of rest) values[place] = undefined;
    };
  });
  if (!isComplete(steps)) return undefined;
  const [only] = steps;
  if (branches.length === 1 && branches[0] === type) return only;
  return (cursor, values) => chosen(steps, cursor)(cursor, values);
}

/** Undefined where the value is more than a number, a string, a boolean or null. */
function compileValue(type: Type): Reader | undefined {
  const branches = branchesOf(type);
  if (branches !== undefined) return compileUnion(branches.map(compileValue));
  if (type instanceof types.NullType) return () => null;
  if (type instanceof types.BooleanType) return (cursor) => cursor.boolean();
  if (type instanceof types.IntType) return (cursor) => cursor.int();
  if (type instanceof types.LongType) return (cursor) => cursor.long();
  if (type instanceof types.FloatType) return (cursor) => cursor.float();
  if (type instanceof types.DoubleType) return (cursor) => cursor.double();
  if (type instanceof types.EnumType) {
    const { symbols } = type;
    return (cursor) => chosen(symbols, cursor);
  }
  if (!(type instanceof types.StringType)) return undefined;
  const known = new StringCache();
  return (cursor) => cursor.string(known);
}

/** @param within - the records that the type stands in: one that holds itself isn't compiled. */
function compileSkip(type: Type, within: readonly Type[]): Reader | undefined {
  const branches = branchesOf(type);
  if (branches !== undefined) return compileUnion(branches.map((branch) => compileSkip(branch, within)));
  if (type instanceof types.RecordType) {
    if (within.includes(type)) return undefined;
    const fields = type.fields.map((field) => compileSkip(field.type, [...within, type]));
    if (!isComplete(fields)) return undefined;
    return (cursor) => {
      for (const skip of fields) skip(cursor);
    };
  }
  if (type instanceof types.ArrayType) return compileItems(compileSkip(type.itemsType, within));
  if (type instanceof types.MapType) {
    const skipValue = compileSkip(type.valuesType, within);
    return compileItems(
      skipValue &&
        ((cursor) => {
          skipBytes(cursor);
          skipValue(cursor);
        }),
    );
  }
  if (type instanceof types.StringType || type instanceof types.BytesType) return skipBytes;
  if (type instanceof types.FixedType) {
    const { size } = type;
    return (cursor) => cursor.skip(size);
  }
  return compileValue(type);
}

/** Blocks of items, each with its count before it, of which a negative one has the block's size after it. */
function compileItems(skipItem: Reader | undefined): Reader | undefined {
  if (skipItem === undefined) return undefined;
  return (cursor) => {
    let total = 0;
    for (let count = cursor.long(); count !== 0; count = cursor.long()) {
      if (count < 0) cursor.long();
      total += Math.abs(count);
      // So many, and items that take no bytes, are for another to count.
      if (total > MAX_ITEMS) throw BEYOND;
      for (let item = Math.abs(count); item > 0; item -= 1) {
        const { left } = cursor;
        skipItem(cursor);
        if (cursor.left === left) throw BEYOND;
      }
    }
  };
}

function skipBytes(cursor: AvroCursor): void {
  cursor.skip(cursor.long());
}

function compileUnion(branches: readonly (Reader | undefined)[]): Reader | undefined {
  if (!isComplete(branches)) return undefined;
  return (cursor) => chosen(branches, cursor)(cursor);
}

/** What stands at the index that comes next. */
function chosen<T>(choices: readonly T[], cursor: AvroCursor): T {
  const choice = choices[cursor.long()];
  if (choice === undefined) throw BEYOND;
  return choice;
}

/** Of a union, however typeForSchema reads it. */
function branchesOf(type: Type): readonly Type[] | undefined {
  const union = type instanceof types.LogicalType ? type.underlyingType : type;
  return union instanceof types.UnwrappedUnionType || union instanceof types.WrappedUnionType
    ? union.types
    : undefined;
}

function isComplete<T>(parts: readonly (T | undefined)[]): parts is readonly T[] {
  return !parts.includes(undefined);
}
