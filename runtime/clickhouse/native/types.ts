import type { ByteSink } from './byte-sink.ts';

/** How values of one of ClickHouse's types stand in a column of its Native format. */
export interface NativeType<T> {
  /** As SQL names it. */
  readonly name: string;
  /** Stands where a Nullable is null. */
  readonly filler: T;
  write(out: ByteSink, values: readonly T[]): void;
}

/** Text; goes into a LowCardinality(String) as well, ClickHouse converts. */
export const STRING: NativeType<string> = {
  name: 'String',
  filler: '',
  write(out, values) {
    for (const value of values) out.text(value);
  },
};

/** Of NaN and infinities too, which JSON can't say. */
export const FLOAT64: NativeType<number> = {
  name: 'Float64',
  filler: 0,
  write: (out, values) => out.float64s(values),
};

export const BOOL: NativeType<boolean> = {
  name: 'Bool',
  filler: false,
  write: (out, values) => out.bytes(Uint8Array.from(values, Number)),
};

export const UINT16: NativeType<number> = {
  name: 'UInt16',
  filler: 0,
  write: (out, values) => out.uint16s(values),
};

export const UINT32: NativeType<number> = {
  name: 'UInt32',
  filler: 0,
  write: (out, values) => out.uint32s(values),
};

/** Up to 2^53. */
export const UINT64: NativeType<number> = {
  name: 'UInt64',
  filler: 0,
  write: (out, values) => out.int64s(values),
};

/** Epoch milliseconds. */
export const TIME_MS: NativeType<number> = {
  name: "DateTime64(3, 'UTC')",
  filler: 0,
  write: (out, values) => out.int64s(values),
};

/** Which are null, a byte each; then the values, a filler for each null. */
export function nullable<T>({ name, filler, write }: NativeType<T>): NativeType<T | null> {
  return {
    name: `Nullable(${name})`,
    filler: null,
    write(out, values) {
      const nulls = new Uint8Array(values.length);
      const filled: T[] = [];
      for (const value of values) {
        nulls[filled.length] = value === null ? 1 : 0;
        filled.push(value ?? filler);
      }
      out.bytes(nulls);
      write(out, filled);
    },
  };
}

/** Where each array ends, counted in items from the block's begin; then all items. */
export function arrayOf<T>({ name, write }: NativeType<T>): NativeType<readonly T[]> {
  return {
    name: `Array(${name})`,
    filler: [],
    write(out, values) {
      const items: T[] = [];
      const ends: number[] = [];
      // Not flat(): it costs several times as much.
      for (const value of values) {
        for (const item of value) items.push(item);
        ends.push(items.length);
      }
      out.int64s(ends);
      write(out, items);
    },
  };
}

/** Fields one after another, each with all its values. */
export function tupleOf<T extends object>(fields: ColumnsOf<T>): NativeType<T> {
  const named = Object.entries(fields) as [keyof T & string, NativeType<T[keyof T]>][];
  return {
    name: `Tuple(${named.map(([field, { name }]) => `${field} ${name}`).join(', ')})`,
    filler: Object.fromEntries(named.map(([field, { filler }]) => [field, filler])) as T,
    write(out, values) {
      for (const [field, { write }] of named)
        write(
          out,
          values.map((value) => value[field]),
        );
    },
  };
}

/** The type of each column of a row. */
export type ColumnsOf<Row> = { readonly [Name in keyof Row]-?: NativeType<Row[Name]> };

/** Columns of rows of whatever kind. */
export type NativeColumns = Readonly<Record<string, NativeType<unknown>>>;
