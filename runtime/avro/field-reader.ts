import type { AvroReader } from './codec.ts';
import { compileFieldDecoder, type FieldDecoder, type Reach } from './field-decoder.ts';
import { schemaIdAt, type ValuePlace, WIRE_HEADER_BYTES } from './wire-format.ts';

/**
 * Puts the fields of one framed value at `values[0…]`, in their order, without an object of the record: the fast way
 * to what {@link AvroReader.decode} gives. False where the value has to be decoded whole, be it to say what is wrong
 * with it.
 */
export type FieldReader = (value: ValuePlace, values: unknown[]) => boolean;

/** More schemas than a topic has at a time; past it all are compiled anew as they come. */
const MAX_DECODERS = 100;

/** Readers of fields by their paths (see compileFieldDecoder), each compiled once for each list of them and schema. */
export function createFieldReaders(
  avro: Pick<AvroReader<unknown>, 'schemaOf'>,
  reach: Reach,
): (fields: readonly string[]) => FieldReader {
  const readers = new WeakMap<readonly string[], FieldReader>();
  return (fields) => {
    const known = readers.get(fields);
    if (known !== undefined) return known;
    const reader = createFieldReader(avro, fields, reach);
    readers.set(fields, reader);
    return reader;
  };
}

function createFieldReader(
  avro: Pick<AvroReader<unknown>, 'schemaOf'>,
  fields: readonly string[],
  reach: Reach,
): FieldReader {
  const decoders = new Map<number, FieldDecoder>();
  const learn = (id: number): FieldDecoder | undefined => {
    const schema = avro.schemaOf(id);
    if (schema === undefined) return undefined;
    if (decoders.size >= MAX_DECODERS) decoders.clear();
    const decoder = compileOrLeave(schema, fields, reach);
    decoders.set(id, decoder);
    return decoder;
  };
  return (value, values) => {
    const id = schemaIdAt(value);
    if (id === undefined) return false;
    const { bytes, valueFrom, valueLength } = value;
    const decode = decoders.get(id) ?? learn(id);
    return decode?.(bytes, valueFrom + WIRE_HEADER_BYTES, valueFrom + valueLength, values) ?? false;
  };
}

/** Text that is no schema is for the reader of whole values to tell. */
function compileOrLeave(schema: string, fields: readonly string[], reach: Reach): FieldDecoder {
  try {
    return compileFieldDecoder(schema, fields, reach) ?? leave;
  } catch {
    return leave;
  }
}

function leave(): boolean {
  return false;
}
