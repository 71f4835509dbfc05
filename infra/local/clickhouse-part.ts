import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { StackHome } from './home.ts';
import type { Part } from './part.ts';

const gateway = fileURLToPath(new URL('gateway/main.ts', import.meta.url));

/** The ClickHouse engine (chDB) behind the HTTP gateway, as a process of its own. */
export function createClickHousePart(port: number, home: StackHome): Part {
  const prepare: Part['prepare'] = () =>
    Promise.resolve({
      program: process.execPath,
      args: [gateway, '--port', String(port), '--data', join(home.data, 'clickhouse')],
      // Each running query holds a thread of the pool; files and compression need some as well.
      env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
      logFile: join(home.logs, 'clickhouse.log'),
    });
  return { name: 'clickhouse', port, startDeadlineMs: 60_000, prepare };
}
