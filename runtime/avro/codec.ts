import type { Resolver, Type } from 'avsc';
import type { RegistryClient } from './registry.ts';
import { type Longs, typeForResolution, typeForSchema } from './type.ts';
import {
  readSchemaId,
  schemaIdAt,
  type Unreadable,
  unreadable,
  type ValuePlace,
  WIRE_HEADER_BYTES,
  writeHeader,
} from './wire-format.ts';

export type Decoded<T> = { readonly ok: true; readonly value: T; readonly schemaId: number } | Unreadable;

export interface AvroReader<T> {
  /**
   * Asks the registry for the schema ids that the values name and that are not known yet, one call an id.
   * Throws RegistryUnavailable: then nothing may be decoded, or an outage would look like poison.
   */
  prepare(values: Iterable<Buffer | null>): Promise<void>;
  /** The same, of ids that are known already (see {@link schemaIdsOf}). */
  prepareIds(ids: Iterable<number>): Promise<void>;
  /** Decodes one framed value; `prepare` it first. Never throws. */
  decode(value: Buffer | null): Decoded<T>;
  /** The writer's schema of a prepared id. */
  schemaOf(schemaId: number): string | undefined;
}

/** How values of one schema id are read; undefined where the registry has no such schema. */
interface SchemaReader {
  readonly schema: string;
  readonly decode: (value: Buffer) => Decoded<never> | { readonly ok: true; readonly value: unknown };
}

/** The registry's "no such id" holds for this long: each good lead of a schema registered late is poison meanwhile. */
const UNKNOWN_ID_TTL_MS = 1_000;
/** More schemas than any topic has; past it, the oldest is forgotten and asked for again. */
const MAX_SCHEMAS = 1_000;
/** A flood of damaged records names many ids that don't exist: asked one by one they would outlast a session. */
const CONCURRENT_QUESTIONS = 16;

/**
 * Reads Confluent-framed Avro. Without `readerSchema` a record has its writer's own fields; with it, Avro's
 * resolution gives the reader's (a contract's): fields that the writer lacks have their defaults.
 */
export function createAvroReader<T>(
  registry: Pick<RegistryClient, 'schemaById'>,
  readerSchema?: string,
): AvroReader<T> {
  const known = new Map<number, SchemaReader>();
  const unknownUntil = new Map<number, number>();
  const readerType = readerSchema === undefined ? undefined : typeForResolution(readerSchema);

  const learn = async (id: number): Promise<void> => {
    const schema = await registry.schemaById(id);
    if (schema === undefined) {
      remember(unknownUntil, id, performance.now() + UNKNOWN_ID_TTL_MS);
      return;
    }
    unknownUntil.delete(id);
    remember(known, id, createSchemaReader(id, schema, readerType));
  };
  const isSettled = (id: number): boolean => known.has(id) || (unknownUntil.get(id) ?? 0) > performance.now();
  const prepareIds = async (named: Iterable<number>): Promise<void> => {
    const ids = [...named].filter((id) => !isSettled(id));
    for (let from = 0; from < ids.length; from += CONCURRENT_QUESTIONS) {
      await Promise.all(ids.slice(from, from + CONCURRENT_QUESTIONS).map(learn));
    }
  };
  return {
    schemaOf: (id) => known.get(id)?.schema,
    async prepare(values) {
      const ids = new Set<number>();
      for (const value of values) {
        const id = readSchemaId(value);
        if (typeof id === 'number') ids.add(id);
      }
      await prepareIds(ids);
    },
    prepareIds,
    decode(value) {
      const id = readSchemaId(value);
      if (typeof id !== 'number') return id;
      const reader = known.get(id);
      if (reader === undefined) {
        return unreadable('schema.unknown', `the schema registry knows no schema with id ${id}`, id);
      }
      const decoded = reader.decode(value as Buffer);
      return decoded.ok ? { ok: true, value: decoded.value as T, schemaId: id } : decoded;
    },
  };
}

/** The schema ids that values name, without a view of each. */
export function schemaIdsOf(values: readonly ValuePlace[]): Set<number> {
  const ids = new Set<number>();
  let latest: number | undefined;
  for (const value of values) {
    const id = schemaIdAt(value);
    if (id === undefined || id === latest) continue;
    ids.add(id);
    latest = id;
  }
  return ids;
}

function createSchemaReader(id: number, schema: string, readerType: Type | undefined): SchemaReader {
  try {
    if (readerType !== undefined) {
      const decoder = createResolvingDecoder(schema, readerType);
      return { schema, decode: (value) => decodeOrExplain(decoder, value, id) };
    }
    const fast = createDecoder(schema, 'number');
    let slow: Decoder | undefined;
    return {
      schema,
      decode(value) {
        try {
          return checkedDecode(fast, value, id);
        } catch {
          // A long past 2^52 throws in the fast type, and so do malformed bytes: the slower type tells which.
          slow ??= createDecoder(schema, 'bigint');
          return decodeOrExplain(slow, value, id);
        }
      },
    };
  } catch {
    const verdict = unreadable(
      'schema.unreadable',
      `the schema with id ${id} is not Avro that can be read here`,
      id,
    );
    return { schema, decode: () => verdict };
  }
}

type Decoder = (value: Buffer) => { readonly value: unknown; readonly offset: number };

function createDecoder(schema: string, longs: Longs): Decoder {
  const writer = typeForSchema(schema, longs);
  return (bytes) => writer.decode(bytes, WIRE_HEADER_BYTES);
}

function createResolvingDecoder(schema: string, reader: Type): Decoder {
  const resolver: Resolver = reader.createResolver(typeForResolution(schema));
  return (bytes) => reader.decode(bytes, WIRE_HEADER_BYTES, resolver);
}

function decodeOrExplain(decoder: Decoder, value: Buffer, id: number): ReturnType<SchemaReader['decode']> {
  try {
    return checkedDecode(decoder, value, id);
  } catch {
    return malformed(id);
  }
}

function checkedDecode(decoder: Decoder, bytes: Buffer, id: number): ReturnType<SchemaReader['decode']> {
  const { value, offset } = decoder(bytes);
  if (offset === bytes.length) return { ok: true, value };
  // avsc's sign that the bytes ended before the record did.
  if (offset < 0 || offset > bytes.length) return malformed(id);
  return unreadable(
    'value.trailing_bytes',
    `${bytes.length - offset} bytes follow the record of schema ${id}`,
    id,
  );
}

function malformed(id: number): Unreadable {
  return unreadable(
    'value.malformed',
    `the bytes are no record of schema ${id} (cut short, or written with another)`,
    id,
  );
}

/** A map that forgets its oldest entry when it is full. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_SCHEMAS && oldest !== undefined) map.delete(oldest);
}

/** Of about a hundred scores: one that somebody keeps holds no more than this. */
const SLAB_BYTES = 65_536;

export interface AvroWriter<T> {
  readonly schemaId: number;
  /** Throws {@link NotOfSchema} with the path of the first field that doesn't fit. */
  encode(value: T): Buffer;
}

/** A value doesn't fit the schema it was to be written with; `field` is the path of the first misfit. */
export class NotOfSchema extends Error {
  readonly field: string;
  constructor(field: string, expected: string) {
    super(`field ${field} is not of the schema's type ${expected}`);
    this.field = field;
  }
}

/** A writer of one schema, which is registered under the subject first (a no-op where it is there). */
export async function createAvroWriter<T>(
  registry: RegistryClient,
  subject: string,
  schema: string,
): Promise<AvroWriter<T>> {
  return writerFor<T>(await registry.register(subject, schema), schema);
}

/** A writer of a schema whose id is known. */
export function writerFor<T>(schemaId: number, schema: string): AvroWriter<T> {
  const type = typeForSchema(schema);
  // Records are written one after another into a slab that they share, and never copied; a full one is let go.
  let slab = Buffer.allocUnsafe(SLAB_BYTES);
  let used = 0;
  const encode = (value: T): Buffer => {
    const end = type.encode(value, slab, used + WIRE_HEADER_BYTES);
    if (end < 0) {
      slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, slab.length - used - end));
      used = 0;
      return encode(value);
    }
    const written = slab.subarray(used, end);
    used = end;
    return writeHeader(written, schemaId);
  };
  return {
    schemaId,
    encode(value) {
      try {
        return encode(value);
      } catch (error) {
        throw misfitOf(type, value) ?? error;
      }
    },
  };
}

function misfitOf(type: Type, value: unknown): NotOfSchema | undefined {
  let misfit: NotOfSchema | undefined;
  type.isValid(value, {
    errorHook: (path: string[], _value: unknown, expected: Type) => {
      misfit ??= new NotOfSchema(path.join('.'), expected.toString());
    },
  });
  return misfit;
}
