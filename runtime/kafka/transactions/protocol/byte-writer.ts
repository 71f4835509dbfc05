const FIRST_BYTES = 512;
/** Up to so many bytes are copied sooner one by one than by a call. */
const SHORT_SLICE = 40;

/** Writes Kafka's primitive types one after another into one buffer that grows. */
export class ByteWriter {
  #bytes: Buffer;
  readonly #room: number;
  #at: number;

  /**
   * @param sizeHint - bytes that will be written, about: a buffer that fits is never copied.
   * @param room - bytes that are left free for what {@link before} puts there.
   */
  constructor(sizeHint = FIRST_BYTES, room = 0) {
    this.#bytes = Buffer.allocUnsafe(Math.max(FIRST_BYTES, room + sizeHint));
    this.#room = room;
    this.#at = room;
  }

  get length(): number {
    return this.#at - this.#room;
  }

  /** What has been written; valid until the next write. */
  written(from = 0): Buffer {
    return this.#bytes.subarray(this.#room + from, this.#at);
  }

  /** What has been written, with these bytes before it; valid until the next write. A copy where there is no room. */
  before(head: Uint8Array): Buffer {
    const from = this.#room - head.length;
    if (from < 0) return Buffer.concat([head, this.written()]);
    this.#bytes.set(head, from);
    return this.#bytes.subarray(from, this.#at);
  }

  int8(value: number): this {
    this.#reserve(1);
    this.#at = this.#bytes.writeInt8(value, this.#at);
    return this;
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
    return this;
  }

  int64(value: bigint): this {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigInt64BE(value, this.#at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  /** UNSIGNED_VARINT: seven bits a byte, the lowest first. For 0 to 2^32 - 1. */
  unsignedVarint(value: number): this {
    this.#reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
    return this;
  }

  /** VARINT: zigzag, so that small negative numbers are short as well. */
  varint(value: number): this {
    return this.unsignedVarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** Some of these bytes as they are: a view of them for each record would cost as much as its copy. */
  slice(bytes: Buffer, from: number, to: number): this {
    this.#reserve(to - from);
    if (to - from > SHORT_SLICE) {
      this.#at += bytes.copy(this.#bytes, this.#at, from, to);
      return this;
    }
    for (let byte = from; byte < to; byte += 1) this.#bytes[this.#at++] = bytes[byte] ?? 0;
    return this;
  }

  /** COMPACT_STRING or COMPACT_NULLABLE_STRING: length + 1, 0 for null. */
  compactString(text: string | null): this {
    if (text === null) return this.unsignedVarint(0);
    const bytes = Buffer.from(text);
    return this.unsignedVarint(bytes.length + 1).raw(bytes);
  }

  /** COMPACT_ARRAY: length + 1, then the elements. */
  compactArray<T>(elements: readonly T[], write: (element: T) => void): this {
    this.unsignedVarint(elements.length + 1);
    elements.forEach(write);
    return this;
  }

  /** TAG_BUFFER without a tagged field. */
  noTags(): this {
    return this.unsignedVarint(0);
  }

  /** Leaves out bytes whose value is known only later; their place, for {@link patchInt32}. */
  skip(bytes: number): number {
    this.#reserve(bytes);
    const at = this.length;
    this.#at += bytes;
    return at;
  }

  patchInt32(at: number, value: number): void {
    this.#bytes.writeInt32BE(value | 0, this.#room + at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}
