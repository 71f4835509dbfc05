const FIRST_BYTES = 65_536;
/** Longer texts are given to Node, whose call costs as much as writing about so many characters here. */
const SHORT_TEXT = 48;

/** Writes ClickHouse's binary types, little-endian, one after another into one buffer that doubles when it is full. */
export class ByteSink {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #at = 0;

  /** What has been written; valid until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** A whole number within ±2^53, as 64 bits: UInt64, or Int64 where it may be negative. */
  int64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#at, value >>> 0, true);
    this.#view.setInt32(this.#at + 4, Math.floor(value / 2 ** 32), true);
    this.#at += 8;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Seven bits a byte, the lowest first. For 0 to 2^31 - 1. */
  varUint(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  /** UTF-8 with its length before it. */
  text(value: string): void {
    if (value.length > SHORT_TEXT || !this.#shortAscii(value)) this.#anyText(value);
  }

  /** False, and nothing is written, where a character isn't ASCII. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const at = this.#at + 1;
    for (let i = 0; i < length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at + i] = code;
    }
    bytes[at - 1] = length;
    this.#at = at + length;
    return true;
  }

  #anyText(value: string): void {
    const length = Buffer.byteLength(value);
    this.varUint(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(value, this.#at, length);
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
