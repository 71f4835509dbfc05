import type { ByteSink } from './byte-sink.ts';

/**
 * How values of one of ClickHouse's types stand in a column of its Native format: in one stream or several, one after
 * another, each of which has something of every value. Nothing is gathered in between: arrays of a block's items are
 * large, and collecting them costs several times what writing them does.
 */
export interface NativeType<T> {
  /** As SQL names it. */
  readonly name: string;
  /** Stands where a Nullable is null. */
  readonly filler: T;
  readonly streams: readonly Stream<T>[];
}

/** Begins a stream of a column; what it gives is called with each value in turn. */
export interface Stream<T> {
  begin(out: ByteSink): (value: T) => void;
}

/** Text; goes into a LowCardinality(String) as well, ClickHouse converts. */
export const STRING = scalar<string>('String', '', (out) => (value) => out.text(value));

/** NaN and infinities too, which JSON can't say. */
export const FLOAT64 = scalar<number>('Float64', 0, (out) => (value) => out.float64(value));

export const BOOL = scalar<boolean>('Bool', false, (out) => (value) => out.uint8(Number(value)));

export const UINT16 = scalar<number>('UInt16', 0, (out) => (value) => out.uint16(value));

export const UINT32 = scalar<number>('UInt32', 0, (out) => (value) => out.uint32(value));

/** Up to 2^53. */
export const UINT64 = scalar<number>('UInt64', 0, (out) => (value) => out.int64(value));

/** Epoch milliseconds. */
export const TIME_MS = scalar<number>("DateTime64(3, 'UTC')", 0, (out) => (value) => out.int64(value));

function scalar<T>(name: string, filler: T, begin: Stream<T>['begin']): NativeType<T> {
  return { name, filler, streams: [{ begin }] };
}

/** Which are null, a byte each; then the values, a filler for each null. */
export function nullable<T>({ name, filler, streams }: NativeType<T>): NativeType<T | null> {
  const nulls: Stream<T | null> = {
    begin: (out) => (value) => out.uint8(value === null ? 1 : 0),
  };
  const values = streams.map(({ begin }): Stream<T | null> => ({
    begin(out) {
      const put = begin(out);
      return (value) => put(value ?? filler);
    },
  }));
  return { name: `Nullable(${name})`, filler: null, streams: [nulls, ...values] };
}

/** Where each array ends, counted in items from the block's begin; then all items. */
export function arrayOf<T>({ name, streams }: NativeType<T>): NativeType<readonly T[]> {
  const ends: Stream<readonly T[]> = {
    begin(out) {
      let end = 0;
      return ({ length }) => out.int64((end += length));
    },
  };
  const items = streams.map(({ begin }): Stream<readonly T[]> => ({
    begin(out) {
      const put = begin(out);
      return (values) => {
        for (const value of values) put(value);
      };
    },
  }));
  return { name: `Array(${name})`, filler: [], streams: [ends, ...items] };
}

/** Fields one after another, each with all its values. */
export function tupleOf<T extends object>(fields: ColumnsOf<T>): NativeType<T> {
  const named = Object.entries(fields) as [keyof T & string, NativeType<T[keyof T]>][];
  const streams = named.flatMap(([field, type]) =>
    type.streams.map(({ begin }): Stream<T> => ({
      begin(out) {
        const put = begin(out);
        return (value) => put(value[field]);
      },
    })),
  );
  return {
    name: `Tuple(${named.map(([field, { name }]) => `${field} ${name}`).join(', ')})`,
    filler: Object.fromEntries(named.map(([field, { filler }]) => [field, filler])) as T,
    streams,
  };
}

/** The type of each column of a row. */
export type ColumnsOf<Row> = { readonly [Name in keyof Row]-?: NativeType<Row[Name]> };

/** Columns of rows of whatever kind. */
export type NativeColumns = Readonly<Record<string, Pick<NativeType<never>, 'name' | 'streams'>>>;
