import avsc, { type Schema, type Type } from 'avsc';

/**
 * An Avro type whose unions are plain values where they can be told apart (an optional field is its value, not
 * `{ string: value }`) and whose longs are numbers. Reading a long past 2^53 throws.
 */
export function typeForSchema(schemaText: string): Type {
  return avsc.Type.forSchema(parse(schemaText), { wrapUnions: 'auto' });
}

/** The same, with longs past 2^53 as bigints: four times slower, for records that need it. */
export function bigLongTypeForSchema(schemaText: string): Type {
  return avsc.Type.forSchema(parse(schemaText), {
    wrapUnions: 'auto',
    registry: { long: createBigLongType() },
  });
}

function parse(schemaText: string): Schema {
  return JSON.parse(schemaText) as Schema;
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
