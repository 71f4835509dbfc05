import { parseArgs } from 'node:util';

import { openEngine } from './engine.ts';
import { createGateway } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
if (values.data === undefined || values.port === undefined)
  throw new Error('usage: main.ts --port PORT --data FOLDER');

const engine = await openEngine(values.data, { running: 4, waiting: 500 });
const server = createGateway({ engine, maxBodyBytes: 256 * 1024 * 1024 });
server.listen(Number(values.port), '127.0.0.1', () =>
  console.log(`chDB ${engine.version} on port ${values.port}`),
);

let closing = false;
async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  server.close();
  server.closeIdleConnections();
  await engine.close();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close());
