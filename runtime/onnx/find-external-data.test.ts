import { expect, test } from 'vitest';
import { messageField, numberField } from '../testing/protobuf.ts';
import { readOnnxFixture } from '../testing/tiny-package.ts';
import { findExternalData } from './find-external-data.ts';

/** One length-delimited protobuf field. */
function field(number: number, ...content: (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

const isExternal = Buffer.from([14 * 8, 1]);
const tensor = Buffer.concat([field(13, field(1, 'location'), field(2, 'weights.bin')), isExternal]);

test.each<[string, Buffer]>([
  ['an initializer', field(7, field(5, tensor))],
  ['a constant of a node', field(7, field(1, field(5, field(5, tensor))))],
  ['a branch of a node', field(7, field(1, field(5, field(6, field(5, tensor)))))],
  ['a list of tensors of a node', field(7, field(1, field(5, field(10, tensor))))],
])('%s in another file is found', (_where, model) => {
  expect(findExternalData(model)).toEqual(['weights.bin']);
});

test('one without a location is found too, and none twice', () => {
  expect(findExternalData(field(7, field(5, isExternal)))).toEqual(['(no location)']);
  expect(findExternalData(field(7, field(5, tensor), field(5, tensor)))).toEqual(['weights.bin']);
});

test('a tensor that says so again and again is looked through once', () => {
  const tensor = messageField(
    5,
    Array.from({ length: 20_000 }, () => numberField(14, 1)),
  );
  const before = process.threadCpuUsage();
  expect(findExternalData(messageField(7, [tensor]))).toEqual(['(no location)']);
  expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(500);
});

test('graphs in nodes of graphs end somewhere', () => {
  let graph: Buffer = Buffer.alloc(0);
  for (let depth = 0; depth < 100; depth += 1) {
    graph = messageField(1, [messageField(5, [messageField(6, [graph])])]);
  }
  expect(() => findExternalData(messageField(7, [graph]))).toThrow('nest deeper than 200');
});

test('a model of one file has none', async () => {
  expect(findExternalData(await readOnnxFixture('linear.onnx'))).toEqual([]);
});

test.each([[[10]], [[10, 200, 1]], [[11]], [[9, 1, 2]], [Array.from({ length: 12 }, () => 255)]])(
  'bytes %j are no protobuf',
  (bytes) => {
    expect(() => findExternalData(Uint8Array.from(bytes))).toThrow('no protobuf');
  },
);
