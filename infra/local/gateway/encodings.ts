import { promisify } from 'node:util';
import {
  brotliCompress,
  brotliDecompress,
  constants,
  deflate,
  gunzip,
  gzip,
  inflate,
  zstdCompress,
  zstdDecompress,
} from 'node:zlib';

type Packer = (bytes: Uint8Array) => Promise<Buffer>;
type Unpacker = (bytes: Uint8Array, limits: { maxOutputLength: number }) => Promise<Buffer>;

/** Best first, by time rather than size: an answer travels over the loopback. */
const PACKERS = new Map<string, Packer>([
  ['zstd', promisify<Uint8Array, Buffer>(zstdCompress)],
  ['gzip', (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_SPEED })],
  ['deflate', promisify<Uint8Array, Buffer>(deflate)],
  ['br', (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
]);

const UNPACKERS = new Map<string, Unpacker>([
  ['zstd', promisify(zstdDecompress)],
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** Packs an answer in the first encoding that the client takes and we know; with none, as it is. */
export async function pack(
  bytes: Uint8Array,
  acceptEncoding: string,
): Promise<{ readonly bytes: Uint8Array; readonly encoding: string | undefined }> {
  const accepted = acceptEncoding.split(',').map((item) => item.split(';')[0]?.trim().toLowerCase());
  for (const [encoding, packer] of PACKERS)
    if (accepted.includes(encoding)) return { bytes: await packer(bytes), encoding };
  return { bytes, encoding: undefined };
}

/** Whether a body in this Content-Encoding can be unpacked here. */
export function canUnpack(encoding: string): boolean {
  return UNPACKERS.has(encoding);
}

/** A body unpacked; 'too-large' past `maxBytes`, 'broken' where it isn't in that encoding. */
export async function unpack(
  bytes: Buffer,
  encoding: string,
  maxBytes: number,
): Promise<Buffer | 'too-large' | 'broken'> {
  const unpacker = UNPACKERS.get(encoding);
  if (unpacker === undefined) return 'broken';
  try {
    return await unpacker(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken';
  }
}
