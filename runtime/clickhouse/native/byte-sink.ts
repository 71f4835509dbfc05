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

  bytes(values: Uint8Array): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#at);
    this.#at += values.length;
  }

  uint16s(values: readonly number[]): void {
    const { view, from } = this.#claim(2 * values.length);
    for (let i = 0; i < values.length; i += 1) view.setUint16(from + 2 * i, values[i] ?? 0, true);
  }

  uint32s(values: readonly number[]): void {
    const { view, from } = this.#claim(4 * values.length);
    for (let i = 0; i < values.length; i += 1) view.setUint32(from + 4 * i, values[i] ?? 0, true);
  }

  /** Whole numbers within ±2^53, as 64 bits: UInt64, or Int64 where they may be negative. */
  int64s(values: readonly number[]): void {
    const { view, from } = this.#claim(8 * values.length);
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? 0;
      view.setUint32(from + 8 * i, value >>> 0, true);
      view.setInt32(from + 8 * i + 4, Math.floor(value / 2 ** 32), true);
    }
  }

  float64s(values: readonly number[]): void {
    const { view, from } = this.#claim(8 * values.length);
    for (let i = 0; i < values.length; i += 1) view.setFloat64(from + 8 * i, values[i] ?? 0, true);
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

  /** Room for so many bytes, which whoever asks fills. */
  #claim(length: number): { readonly view: DataView; readonly from: number } {
    this.#reserve(length);
    const from = this.#at;
    this.#at += length;
    return { view: this.#view, from };
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
