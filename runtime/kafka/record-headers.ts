import { VarintReader } from './varint-reader.ts';
import { ByteWriter } from './transactions/protocol/byte-writer.ts';

/** A record's headers in their order; a name may occur several times, a value may be null. */
export type HeaderPairs = readonly (readonly [name: string, value: Buffer | null])[];

/** As Kafka's record format 2 has them: their count, then names and values, each with its length before it. */
export function readHeaders(bytes: Buffer, from: number): HeaderPairs {
  const reader = new VarintReader(bytes, from, bytes.length);
  const count = reader.varint();
  const pairs: (readonly [string, Buffer | null])[] = [];
  for (let header = 0; header < count; header += 1) {
    const name = reader.take(reader.varint()) ?? EMPTY;
    pairs.push([name.toString(), reader.take(reader.varint())]);
  }
  return pairs;
}

export function writeHeaders(pairs: HeaderPairs): Buffer {
  const out = new ByteWriter().varint(pairs.length);
  for (const [name, value] of pairs) {
    const nameBytes = Buffer.from(name);
    out.varint(nameBytes.length).raw(nameBytes);
    out.varint(value?.length ?? -1).raw(value ?? EMPTY);
  }
  return out.written();
}

const EMPTY = Buffer.alloc(0);
