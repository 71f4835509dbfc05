/** Reads Kafka's primitive types one after another; throws RangeError where the bytes end too soon. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    const value = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.#bytes.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  /** UNSIGNED_VARINT of up to 32 bits. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a variable-length number has more than 32 bits');
  }

  /** COMPACT_STRING or COMPACT_NULLABLE_STRING. */
  compactString(): string | null {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? null : this.#take(length).toString();
  }

  /** COMPACT_ARRAY; a null one is empty. */
  compactArray<T>(read: () => T): T[] {
    const length = Math.max(0, this.unsignedVarint() - 1);
    if (length > this.#bytes.length) throw new RangeError('an array is longer than the bytes that hold it');
    return Array.from({ length }, read);
  }

  /** TAG_BUFFER: the tagged fields' bytes by tag. */
  tags(): ReadonlyMap<number, Buffer> {
    const fields = this.unsignedVarint();
    const tags = new Map<number, Buffer>();
    for (let field = 0; field < fields; field += 1) {
      const tag = this.unsignedVarint();
      tags.set(tag, this.#take(this.unsignedVarint()));
    }
    return tags;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the bytes end in the middle of a field');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
