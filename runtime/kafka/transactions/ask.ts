import type { KafkajsBroker } from '../kafkajs-cluster.ts';
import type { Request, RequestBody } from './protocol/request.ts';

/** Its answer has the header of the first version, so that a client that doesn't know the others can read it. */
const API_VERSIONS = 18;
const NO_TAGS = Buffer.of(0);

/** Sends a request over kafkajs's connection to a broker. Throws where it was refused or not answered in time. */
export async function ask<Answer>(broker: KafkajsBroker, request: Request<Answer>): Promise<Answer> {
  const { name: apiName, apiKey, version: apiVersion } = request;
  // kafkajs writes and reads headers without tagged fields; all versions used here have them.
  const payload: RequestBody = { before: (head) => request.body.before(Buffer.concat([head, NO_TAGS])) };
  const answer = await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode: async () => payload },
    response: {
      decode: async (bytes: Buffer) => ({ body: apiKey === API_VERSIONS ? bytes : withoutTags(bytes) }),
      parse: async ({ body: bytes }: { readonly body: Buffer }) => request.read(bytes),
    },
    logResponseError: false,
  });
  return answer as Answer;
}

function withoutTags(bytes: Buffer): Buffer {
  if (bytes[0] !== 0) throw new RangeError('the answer has header fields that are not known here');
  return bytes.subarray(1);
}
