import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createGateway } from '@scoreline/infra/local/gateway/server.ts';
import type { Engine } from '@scoreline/infra/local/gateway/engine.ts';
import type { FuzzTarget } from '../target.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** Of silence, before the answer is taken as whole. */
const QUIET_MS = 25;

/** The bytes of an HTTP request to the embedded stack's ClickHouse; the engine behind it says what it was asked. */
export const gatewayTarget: FuzzTarget = {
  name: 'gateway',
  reads: 'a request to the ClickHouse gateway: HTTP, URL, encodings, where an INSERT’s rows begin',
  form: 'bytes',
  words: [
    'POST /?query=',
    'Transfer-Encoding: chunked\r\n',
    'Content-Encoding: zstd\r\n',
    'INSERT INTO t FORMAT ',
    '/*',
    '$$',
    '%00',
    'ffffffff\r\n',
    'HTTP/1.1\r\n\r\n',
  ],
  async open() {
    const server = createGateway({ engine: echoEngine, maxBodyBytes: MAX_BODY_BYTES });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      seeds: SEEDS,
      async take(input) {
        const answer = (await send(port, input)).toString('latin1');
        if (answer === '' || answer.startsWith('HTTP/1.1 ')) {
          return answer.includes('UNKNOWN_EXCEPTION')
            ? `a bug is the answer: ${answer.slice(-300)}`
            : undefined;
        }
        return 'the answer is no HTTP';
      },
      async close() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  },
};

async function send(port: number, input: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  await once(socket, 'connect');
  socket.write(input);
  await untilQuiet(socket);
  socket.destroy();
  return Buffer.concat(chunks);
}

/** An answer comes at once, or the request isn't whole. */
function untilQuiet(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, QUIET_MS);
    socket.on('data', () => timer.refresh()).on('close', () => (clearTimeout(timer), resolve()));
  });
}

const echoEngine: Engine = {
  version: '0',
  timezone: 'UTC',
  async run({ statement }) {
    const text = statement.kind === 'text' ? statement.sql : statement.sql('rows');
    return { kind: 'done', bytes: Buffer.from(text), readRows: 0, readBytes: 0, elapsedSeconds: 0 };
  },
  unpack: async (bytes) => bytes,
  close: async () => {},
};

function request(head: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${head}\r\nHost: x\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

const SEEDS = [
  request('GET /ping HTTP/1.1'),
  request('GET /?query=SELECT%201&database=scoreline HTTP/1.1'),
  request('POST /?max_threads=1&param_a=1 HTTP/1.1', "SELECT {a:Int8}, 'x;y' -- z\n FORMAT JSON"),
  request('POST /?query=INSERT%20INTO%20t%20FORMAT%20JSONEachRow HTTP/1.1', '{"a":1}\n'),
  request(
    'POST /?session_id=s&session_timeout=1e9 HTTP/1.1\r\nX-ClickHouse-Database: d',
    'SELECT $$a$$; SELECT 2',
  ),
  request('POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nAccept-Encoding: zstd', gzipSync('SELECT 1')),
  Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n'),
];
