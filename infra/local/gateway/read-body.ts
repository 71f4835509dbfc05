import type { IncomingMessage } from 'node:http';

import { canUnpack, unpack } from './encodings.ts';
import { createError, type EngineError } from './engine-error.ts';
import { ENGINE_ENCODINGS, type Engine } from './engine.ts';

/** A request's body, unpacked. An error where it is longer than `maxBytes`, packed or not, or isn't what it says. */
export async function readBody(
  request: IncomingMessage,
  engine: Pick<Engine, 'unpack'>,
  maxBytes: number,
): Promise<Buffer | EngineError> {
  const tooLarge = createError(
    229,
    `The request's body is longer than ${maxBytes} bytes. (QUERY_IS_TOO_LARGE)`,
  );
  const packed = await readBytes(request, maxBytes);
  if (packed === undefined) return tooLarge;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return packed;
  if (ENGINE_ENCODINGS.includes(encoding)) return engine.unpack(packed, encoding, maxBytes);
  if (!canUnpack(encoding))
    return createError(89, `Unknown encoding ${encoding} of the body. (UNKNOWN_COMPRESSION_METHOD)`);
  const unpacked = await unpack(packed, encoding, maxBytes);
  if (unpacked === 'too-large') return tooLarge;
  if (unpacked === 'broken') return createError(354, `The body is not ${encoding}. (ZLIB_INFLATE_FAILED)`);
  return unpacked;
}

/** Undefined past `maxBytes`; the rest is not read then. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
