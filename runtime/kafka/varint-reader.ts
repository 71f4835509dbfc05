/** A varint's bytes up to here fit an int32's operations. */
const SMALL_VARINT_BITS = 28;
/** Of 64 bits. */
const MOST_BYTES = 10;

/** Reads what Kafka's record format 2 is made of: zigzag varints, and bytes of a given length. */
export class VarintReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  /** Where it reads next. */
  at: number;

  constructor(bytes: Buffer, from: number, end: number) {
    this.#bytes = bytes;
    this.at = from;
    this.#end = end;
  }

  /** VARINT or VARLONG; exact up to 2^52. Throws RangeError where the bytes end too soon. */
  varint(): number {
    let at = this.at;
    let byte = this.#byteAt(at);
    let zigzag = byte & 0x7f;
    for (let bits = 7; byte > 0x7f; bits += 7) {
      if (bits === SMALL_VARINT_BITS) return this.#largeVarint();
      at += 1;
      byte = this.#byteAt(at);
      zigzag |= (byte & 0x7f) << bits;
    }
    this.at = at + 1;
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** Goes past so many bytes, of which a negative number is none. */
  skip(length: number): void {
    if (length <= 0) return;
    if (length > this.#end - this.at) throw endsTooSoon();
    this.at += length;
  }

  /** So many bytes, of which a negative number is null; they are not copied. */
  take(length: number): Buffer | null {
    if (length < 0) return null;
    const from = this.at;
    this.skip(length);
    return this.#bytes.subarray(from, this.at);
  }

  #largeVarint(): number {
    let zigzag = 0;
    let factor = 1;
    for (let read = 1; read <= MOST_BYTES; read += 1) {
      const byte = this.#byteAt(this.at);
      this.at += 1;
      zigzag += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte <= 0x7f) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
    throw new RangeError('a variable-length number has more than 64 bits');
  }

  #byteAt(at: number): number {
    if (at >= this.#end) throw endsTooSoon();
    return this.#bytes[at] ?? 0;
  }
}

function endsTooSoon(): RangeError {
  return new RangeError('the bytes end before what they hold does');
}
