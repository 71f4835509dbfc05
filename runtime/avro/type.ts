import avsc, { type Schema, type Type } from 'avsc';
import './fixes.ts';
import { plainUnions, type TypeHook } from './plain-union.ts';

/** How longs past 2^52 are read: 'number' throws on one, 'bigint' gives it (past 2^53 as one), four times slower. */
export type Longs = 'number' | 'bigint';

/**
 * An Avro type for values as code has them: a union's value is the value itself, not `{ string: value }`, and a long
 * is a number. Throws on text that is no Avro schema.
 */
export function typeForSchema(schemaText: string, longs: Longs = 'number'): Type {
  return avsc.Type.forSchema(parse(schemaText), { typeHook: hookOf(longs) });
}

/** A type that takes part in schema resolution, as reader or writer: a contract's unions can be told apart. */
export function typeForResolution(schemaText: string): Type {
  return avsc.Type.forSchema(parse(schemaText), { wrapUnions: 'auto' });
}

function parse(schemaText: string): Schema {
  return JSON.parse(schemaText) as Schema;
}

/** A long is written `"long"`, or `{"type": "long"}` where it has a logical type. */
function hookOf(longs: Longs): TypeHook {
  const unions = plainUnions();
  if (longs === 'number') return unions;
  const bigLong = createBigLongType();
  return (schema, options) => (isLong(schema) ? bigLong : unions(schema, options));
}

function isLong(schema: Schema): boolean {
  return schema === 'long' || (typeof schema === 'object' && 'type' in schema && schema.type === 'long');
}

function createBigLongType(): avsc.types.LongType {
  return avsc.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => toNumberIfExact(bytes.readBigInt64LE()),
    toBuffer(value: number | bigint) {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    },
    fromJSON: (value: number | string) => toNumberIfExact(BigInt(value)),
    toJSON: (value: number | bigint) => (typeof value === 'bigint' ? value.toString() : value),
    isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
    compare: (a: number | bigint, b: number | bigint) => Number(a > b) - Number(a < b),
  });
}

function toNumberIfExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
