import { describe, expect, it } from 'vitest';
import { lz4Codec, snappyCodec, zstdCodec } from './compression.ts';

const short = 'lead,'.repeat(8);
const long = 'lead,'.repeat(900);

/** As the codecs of Kafka's Java client 4.3 write it, and snappy without the framing that Java puts around it. */
const SNAPPY_FRAMED = 'glNOQVBQWQAAAAABAAAAAQAAAAooEGxlYWQsigUA';
const SNAPPY_FRAMED_IN_BLOCKS =
  'glNOQVBQWQAAAAABAAAAAQAAADiACBBsZWFkLP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAOoFAAAAADiACBAs' +
  'bGVhZP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAOoFAAAAADiACBBkLGxlYf4FAP4FAP4FAP4FAP4FAP4FAP4F' +
  'AP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAOoFAAAAADiACBBhZCxsZf4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4FAP4F' +
  'AOoFAAAAAB2UAxBlYWQsbP4FAP4FAP4FAP4FAP4FAP4FADoFAA==';
const SNAPPY_RAW = 'KBBsZWFkLIoFAA==';
const LZ4 = 'BCJNGGBAgiAAAABfbGVhZCwFAP//////////////////////iFBsZWFkLAAAAAA=';
const ZSTD = 'KLUv/QBYbAAAKGxlYWQsAQCMgb5oAQEAAA==';

describe('what Java producers compress', () => {
  it.each([
    ['snappy, framed', snappyCodec, SNAPPY_FRAMED, short],
    ['snappy, framed, several blocks', snappyCodec, SNAPPY_FRAMED_IN_BLOCKS, long],
    ['snappy, raw', snappyCodec, SNAPPY_RAW, short],
    ['lz4', lz4Codec, LZ4, long],
    ['zstd', zstdCodec, ZSTD, long],
  ])('is read: %s', async (_name, codec, compressed, text) => {
    expect((await codec.decompress(Buffer.from(compressed, 'base64'))).toString()).toBe(text);
  });
});

describe.each([
  ['snappy', snappyCodec],
  ['lz4', lz4Codec],
  ['zstd', zstdCodec],
])('%s', (_name, codec) => {
  it.each([
    ['a short text', Buffer.from(short)],
    ['300 kB', Buffer.alloc(300_000, 'a lead is scored once. ')],
    ['nothing', Buffer.alloc(0)],
  ])('reads what it wrote: %s', async (_what, bytes) => {
    expect(await codec.decompress(await codec.compress({ buffer: bytes }))).toEqual(bytes);
  });

  it('rejects bytes that are not its own', async () => {
    await expect(codec.decompress(Buffer.from('no compressed bytes at all'))).rejects.toThrow(/\w/);
  });
});
