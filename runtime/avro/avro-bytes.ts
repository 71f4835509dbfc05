/** Of about a hundred scores: one that somebody keeps holds no more than this. */
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
 * Writes Avro's primitive types one after another, without an object in between, into slabs that the records share;
 * a full slab is let go. Takes no schema: whoever calls knows the order.
 */
export class AvroBytes {
  #slab = Buffer.allocUnsafe(SLAB_BYTES);
  #start = 0;
  #at = 0;

  /** Begins a record. */
  begin(): void {
    this.#start = this.#at;
  }

  /** What has been written since `begin`, from its byte `from` on; nobody writes there again. */
  written(from = 0, to: number = this.length): Buffer {
    return this.#slab.subarray(this.#start + from, this.#start + to);
  }

  /** Bytes since `begin`. */
  get length(): number {
    return this.#at - this.#start;
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

  /** Gives where its characters begin, counted from `begin`. */
  string(value: string): number {
    if (value.length <= SHORT_STRING && this.#shortAscii(value)) return this.length - value.length;
    const bytes = Buffer.byteLength(value);
    this.long(bytes);
    this.#reserve(bytes);
    this.#at += this.#slab.write(value, this.#at, bytes, 'utf8');
    return this.length - bytes;
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
    const begun = this.#slab.subarray(this.#start, this.#at);
    this.#slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, 2 * (begun.length + bytes)));
    this.#slab.set(begun, 0);
    this.#start = 0;
    this.#at = begun.length;
  }
}
