/** At first. */
const SLAB_BYTES = 65_536;
/** Of a zigzag long. */
const LONG_BYTES = 10;
const DOUBLE_BYTES = 8;
/** Longer strings are written by the engine: its call costs as much as this many characters one by one. */
const SHORT_STRING = 40;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1)
  throw new Error('Avro writes doubles little-endian; this machine has them the other way round');

/**
 * Writes Avro's primitive types one after another, without an object in between, into one buffer that grows and is
 * used again. Takes no schema: whoever calls knows the order.
 */
export class AvroBytes {
  #slab = Buffer.allocUnsafe(SLAB_BYTES);
  #at = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#at;
  }

  /** Forgets what was written from this length on. */
  rewind(length: number): void {
    this.#at = length;
  }

  /** All that was written, in a buffer of its own; begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#slab.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  /** Throws where the value isn't a whole number that a double holds exactly. */
  long(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no long`);
    this.#reserve(LONG_BYTES);
    // Zigzag; twice a safe integer is even, and so exact.
    let rest = value >= 0 ? 2 * value : -2 * value - 1;
    while (rest > 0x7fff_ffff) {
      this.#slab[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#slab[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#slab[this.#at++] = rest;
  }

  double(value: number): void {
    this.#reserve(DOUBLE_BYTES);
    double[0] = value;
    for (let byte = 0; byte < DOUBLE_BYTES; byte += 1) this.#slab[this.#at++] = doubleBytes[byte] ?? 0;
  }

  string(value: string): void {
    if (value.length <= SHORT_STRING && this.#shortAscii(value)) return;
    const bytes = Buffer.byteLength(value);
    this.long(bytes);
    this.#reserve(bytes);
    this.#at += this.#slab.write(value, this.#at, bytes, 'utf8');
  }

  /** The characters alone, without their length. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.#reserve(bytes);
    this.#at += this.#slab.write(value, this.#at, bytes, 'utf8');
  }

  /** Once more what was written from `from` up to `to`. */
  again(from: number, to: number): void {
    this.#reserve(to - from);
    this.#slab.copyWithin(this.#at, from, to);
    this.#at += to - from;
  }

  /** Of a union ["null", "string"]. */
  nullableString(value: string | null): void {
    this.long(value === null ? 0 : 1);
    if (value !== null) this.string(value);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#slab.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** False, with nothing written, where a character has more than one byte. */
  #shortAscii(value: string): boolean {
    this.#reserve(SHORT_STRING + 1);
    const begun = this.#at;
    this.#slab[this.#at++] = 2 * value.length;
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) {
        this.#at = begun;
        return false;
      }
      this.#slab[this.#at++] = code;
    }
    return true;
  }

  #reserve(bytes: number): void {
    if (this.#slab.length - this.#at >= bytes) return;
    const grown = Buffer.allocUnsafe(2 * (this.#at + bytes));
    grown.set(this.#slab.subarray(0, this.#at));
    this.#slab = grown;
  }
}
