import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { compressFrame, decompressFrame } from 'lz4-napi';
import snappy from 'snappy';

/** What kafkajs asks of a codec; it hands over an encoder when it writes and bytes when it reads. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** The framing that Java's producers put around snappy: a magic, two versions, then blocks with their length. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

export const snappyCodec: Codec = {
  compress: (encoder) => snappy.compress(encoder.buffer),
  decompress: (bytes) => (isXerial(bytes) ? decompressXerial(bytes) : uncompressSnappy(bytes)),
};

export const lz4Codec: Codec = {
  compress: (encoder) => compressFrame(encoder.buffer),
  decompress: (bytes) => decompressFrame(bytes),
};

export const zstdCodec: Codec = {
  compress: (encoder) => zstd.compress(encoder.buffer),
  decompress: (bytes) => zstd.decompress(bytes),
};

function isXerial(bytes: Buffer): boolean {
  return bytes.length >= XERIAL_HEADER_BYTES && bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC);
}

async function decompressXerial(bytes: Buffer): Promise<Buffer> {
  const blocks: Promise<Buffer>[] = [];
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readInt32BE(at);
    blocks.push(uncompressSnappy(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(await Promise.all(blocks));
}

async function uncompressSnappy(bytes: Buffer): Promise<Buffer> {
  return Buffer.from(await snappy.uncompress(bytes, { asBuffer: true }));
}
