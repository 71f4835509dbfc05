import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { loadOriginal } from '../testing/load-original.ts';
import { ByteWriter } from '../transactions/protocol/byte-writer.ts';
import { createRequest } from './request.ts';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => {
  writeString(text: string): { readonly buffer: Buffer };
};
const original = loadOriginal('kafkajs/src/protocol/request.js') as typeof createRequest;

function requestOf<Payload>(payload: Payload) {
  return { apiKey: 3, apiVersion: 12, encode: async () => payload };
}

test.each(['scoreline', 'Käse', '', null])(
  'what kafkajs encodes is sent as kafkajs sends it, client %j',
  async (clientId) => {
    const request = requestOf(new Encoder().writeString('topic '.repeat(500)));
    const options = { correlationId: 2 ** 31 - 1, clientId, request };
    expect((await createRequest(options)).buffer).toEqual((await original(options)).buffer);
  },
);

test.each([0, 20, 200])(
  'a body goes out with the same bytes, however much room (%i) it has left',
  async (room) => {
    const body = new ByteWriter(100, room).raw(Buffer.from('a body'));
    const options = { correlationId: 7, clientId: 'scoreline', request: requestOf(body) };
    const expected = await original({
      ...options,
      request: requestOf({ buf: Buffer.from('a body'), buffer: Buffer.from('a body'), offset: 6 }),
    });
    expect((await createRequest(options)).buffer).toEqual(expected.buffer);
    // A request that is repeated.
    expect((await createRequest({ ...options, correlationId: 8 })).buffer.subarray(12)).toEqual(
      expected.buffer.subarray(12),
    );
  },
);

test('a body with room for its header is not copied', async () => {
  const body = new ByteWriter(100, 200).raw(Buffer.from('a body'));
  const { buffer } = await createRequest({
    correlationId: 7,
    clientId: 'scoreline',
    request: requestOf(body),
  });
  expect(buffer.buffer).toBe(body.written().buffer);
});
