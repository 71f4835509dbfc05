import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { canUnpack, pack, unpack } from './encodings.ts';

const text = Buffer.from('lead '.repeat(1000));

test.each(['gzip', 'zstd', 'deflate', 'br'])('%s there and back', async (encoding) => {
  const packed = await pack(text, `lz4, ${encoding};q=0.5`);
  expect(packed.encoding).toBe(encoding);
  expect(packed.bytes.length).toBeLessThan(text.length);
  expect(await unpack(Buffer.from(packed.bytes), encoding, 10_000)).toEqual(text);
});

test('an answer stays as it is for who takes nothing we know', async () => {
  expect(await pack(text, 'lz4')).toEqual({ bytes: text, encoding: undefined });
  expect(canUnpack('lz4')).toBe(false);
});

test('a small body that unpacks to a large one is too large', async () => {
  expect(await unpack(gzipSync(text), 'gzip', 100)).toBe('too-large');
});

test('a body that is not what it says is broken', async () => {
  expect(await unpack(text, 'gzip', 10_000)).toBe('broken');
});
