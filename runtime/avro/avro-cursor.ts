const DOUBLE_BYTES = 8;
const FLOAT_BYTES = 4;
const EMPTY = Buffer.alloc(0);
/** A varint's bytes up to here fit an int32's operations. */
const SMALL_VARINT_BITS = 28;
/** Longs from here on are left to who reads them as bigints. */
const EXACT_LONGS_BELOW = 2 ** 52;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const float = new Float32Array(1);
const floatBytes = new Uint8Array(float.buffer);
if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1)
  throw new Error('Avro has doubles little-endian; this machine has them the other way round');

/** The bytes end too soon, or hold what only a slower reader can tell. One for all: it costs no stack trace. */
export const BEYOND = new RangeError('beyond what is read fast');

/** Node's own, which its types leave out: without the checks of `toString`. */
interface Slices {
  latin1Slice(from: number, to: number): string;
  utf8Slice(from: number, to: number): string;
}

/**
 * Reads Avro's primitive types one after another. Takes no schema: whoever calls knows the order. Throws
 * {@link BEYOND} rather than give a value that another reader would not.
 */
export class AvroCursor {
  #bytes: Buffer = EMPTY;
  #at = 0;
  #end = 0;

  /** Goes to byte `from` of these bytes, of which it reads none from `to` on. */
  open(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  skip(bytes: number): void {
    // Written so that a negative or endless length is beyond, too.
    if (!(bytes >= 0 && bytes <= this.left)) throw BEYOND;
    this.#at += bytes;
  }

  long(): number {
    let at = this.#at;
    let byte = this.#byteAt(at);
    let zigzag = byte & 0x7f;
    for (let bits = 7; byte > 0x7f; bits += 7) {
      if (bits === SMALL_VARINT_BITS) return this.#largeLong();
      at += 1;
      byte = this.#byteAt(at);
      zigzag |= (byte & 0x7f) << bits;
    }
    this.#at = at + 1;
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  int(): number {
    const long = this.long();
    if ((long | 0) !== long) throw BEYOND;
    return long;
  }

  boolean(): boolean {
    const byte = this.#byteAt(this.#at);
    this.#at += 1;
    return byte !== 0;
  }

  double(): number {
    const begins = this.#at;
    this.skip(DOUBLE_BYTES);
    for (let byte = 0; byte < DOUBLE_BYTES; byte += 1) doubleBytes[byte] = this.#bytes[begins + byte] ?? 0;
    return double[0] ?? NaN;
  }

  float(): number {
    const begins = this.#at;
    this.skip(FLOAT_BYTES);
    for (let byte = 0; byte < FLOAT_BYTES; byte += 1) floatBytes[byte] = this.#bytes[begins + byte] ?? 0;
    return float[0] ?? NaN;
  }

  /** @param known - strings that were there before: see {@link StringCache}. */
  string(known: StringCache): string {
    const length = this.long();
    const begins = this.#at;
    this.skip(length);
    return known.read(this.#bytes, begins, length);
  }

  #byteAt(at: number): number {
    if (at >= this.#end) throw BEYOND;
    return this.#bytes[at] ?? 0;
  }

  #largeLong(): number {
    let at = this.#at;
    let zigzag = 0;
    let byte: number;
    let factor = 1;
    do {
      byte = this.#byteAt(at);
      zigzag += (byte & 0x7f) * factor;
      factor *= 128;
      at += 1;
      if (zigzag >= 2 * EXACT_LONGS_BELOW - 1 || factor > 2 ** 63) throw BEYOND;
    } while (byte > 0x7f);
    this.#at = at;
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
}

/** Longer strings are free text: hardly ever the same twice. */
const LONGEST_KEPT = 32;
const PLACES = 256;
/** A field that was new so often, and more often than not, holds ids: it is looked up no more. */
const TRIED_BEFORE_GIVEN_UP = 1_000;

/**
 * A field's recent strings, each at a place that its bytes say: levels come again and again, and to find one that is
 * there costs less than to make it and to let the garbage collector find it. What is read is the same in any case.
 */
export class StringCache {
  readonly #kept = Array.from<string>({ length: PLACES }).fill('');
  #found = 0;
  #made = 0;
  #isGivenUp = false;

  /** The string that stands in these bytes. */
  read(bytes: Buffer, begins: number, length: number): string {
    const slices = bytes as Buffer & Slices;
    if (this.#isGivenUp || length > LONGEST_KEPT) return slices.utf8Slice(begins, begins + length);
    let hash = length;
    let anyBits = 0;
    for (let at = begins; at < begins + length; at += 1) {
      const byte = bytes[at] ?? 0;
      hash = (Math.imul(hash, 31) + byte) | 0;
      anyBits |= byte;
    }
    // A character of more than one byte.
    if (anyBits > 0x7f) return slices.utf8Slice(begins, begins + length);
    const place = hash & (PLACES - 1);
    const kept = this.#kept[place] ?? '';
    if (isSame(kept, bytes, begins, length)) {
      this.#found += 1;
      return kept;
    }
    const made = slices.latin1Slice(begins, begins + length);
    this.#kept[place] = made;
    this.#made += 1;
    this.#isGivenUp = this.#made > TRIED_BEFORE_GIVEN_UP && this.#made > this.#found;
    return made;
  }
}

function isSame(text: string, bytes: Buffer, begins: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    if (text.charCodeAt(at) !== bytes[begins + at]) return false;
  }
  return true;
}
