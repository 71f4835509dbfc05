/** Confluent's wire format: a zero byte, the schema id as a big-endian int32, then the Avro bytes. */
export const WIRE_HEADER_BYTES = 5;
const MAGIC_BYTE = 0;

/** Why bytes can't be read as an event. Stable: dead letters and metrics carry it. */
export type UnreadableCode =
  | 'value.empty'
  | 'value.too_short'
  | 'value.bad_magic_byte'
  | 'schema.unknown'
  | 'schema.unreadable'
  | 'value.malformed'
  | 'value.trailing_bytes';

export interface Unreadable {
  readonly ok: false;
  readonly code: UnreadableCode;
  /** Says what and where, never the data. */
  readonly message: string;
  readonly schemaId?: number;
}

/** The schema id of a framed value, or why it has none. */
export function readSchemaId(value: Buffer | null): number | Unreadable {
  if (value === null || value.length === 0) return unreadable('value.empty', 'the record has no value');
  if (value.length < WIRE_HEADER_BYTES) {
    return unreadable('value.too_short', `the value has ${value.length} bytes, fewer than a header`);
  }
  if (value[0] !== MAGIC_BYTE) {
    return unreadable(
      'value.bad_magic_byte',
      `the value begins with byte ${value[0]}, not with 0 (Confluent Avro)`,
    );
  }
  return value.readInt32BE(1);
}

/** Where a value stands in bytes that it shares with others. */
export interface ValuePlace {
  readonly bytes: Buffer;
  readonly valueFrom: number;
  /** Negative where it is null. */
  readonly valueLength: number;
}

/** The schema id of a value where it stands; undefined where it isn't framed. */
export function schemaIdAt({ bytes, valueFrom, valueLength }: ValuePlace): number | undefined {
  if (valueLength < WIRE_HEADER_BYTES || bytes[valueFrom] !== MAGIC_BYTE) return undefined;
  return bytes.readInt32BE(valueFrom + 1);
}

/** Frames Avro bytes that were written from {@link WIRE_HEADER_BYTES} on. */
export function writeHeader(buffer: Buffer, schemaId: number): Buffer {
  buffer[0] = MAGIC_BYTE;
  buffer.writeInt32BE(schemaId, 1);
  return buffer;
}

export function unreadable(code: UnreadableCode, message: string, schemaId?: number): Unreadable {
  return schemaId === undefined ? { ok: false, code, message } : { ok: false, code, message, schemaId };
}
