import { connect } from 'node:net';

const CORRELATION_ID = 1;

/**
 * Whether a broker on 127.0.0.1 answers and counts itself as alive: a Metadata request (version 1, no topics)
 * lists at least one broker. A port that merely accepts connections is not enough: topics made before the broker
 * is unfenced are refused. Bounded to a second, never throws.
 */
export function probeKafka(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = Buffer.alloc(0);
    const finish = (healthy: boolean): void => {
      socket.destroy();
      resolve(healthy);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(encodeMetadataRequest()));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 12) finish(answer.readInt32BE(4) === CORRELATION_ID && answer.readInt32BE(8) > 0);
    });
  });
}

/** Size, api key 3, api version 1, correlation id, null client id, zero topics. */
function encodeMetadataRequest(): Buffer {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(3, 4);
  request.writeInt16BE(1, 6);
  request.writeInt32BE(CORRELATION_ID, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}
