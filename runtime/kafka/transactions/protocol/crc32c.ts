/** Castagnoli's polynomial, its bits in reverse order. */
const POLYNOMIAL = 0x82f63b78;
/** Row n: what a byte does to the checksum when n more bytes follow it. */
const ROWS = 8;
const TABLE = makeTable();

/**
 * CRC-32C (Castagnoli) of bytes from an offset on, as a record batch carries it. Eight bytes a step ("slicing by 8",
 * Kounavis and Berry 2005). Node's `zlib.crc32` is the other CRC-32.
 */
export function crc32c(bytes: Buffer, from = 0): number {
  let crc = -1;
  let at = from;
  for (; at + ROWS <= bytes.length; at += ROWS) {
    const first = crc ^ bytes.readInt32LE(at);
    const second = bytes.readInt32LE(at + 4);
    crc =
      lookUp(7, first) ^
      lookUp(6, first >>> 8) ^
      lookUp(5, first >>> 16) ^
      lookUp(4, first >>> 24) ^
      lookUp(3, second) ^
      lookUp(2, second >>> 8) ^
      lookUp(1, second >>> 16) ^
      lookUp(0, second >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = lookUp(0, crc ^ bytes.readUInt8(at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function lookUp(row: number, byte: number): number {
  return TABLE[(row << 8) | (byte & 0xff)] ?? 0;
}

function makeTable(): Int32Array {
  const table = new Int32Array(ROWS * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at += 1) {
    const before = table[at - 256] ?? 0;
    table[at] = (before >>> 8) ^ (table[before & 0xff] ?? 0);
  }
  return table;
}
