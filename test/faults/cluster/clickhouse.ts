import { createClickHousePart } from '@scoreline/infra/local/clickhouse-part.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { type RunningPart, startPart } from '@scoreline/infra/local/part.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { sendSignal } from '../crew/send-signal.ts';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts';

/** The ClickHouse engine, which can be ended in every way that a server ends. Drift knows it by its proxy. */
export interface ClickHouse {
  readonly proxy: FaultyProxy;
  /** Around the proxy: for whoever looks on. */
  readonly directUrl: string;
  /** As a crash. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** With its data; resolves once it answers. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it with nothing in it; all that it keeps is in `folder`. */
export async function startClickHouse(folder: string, log: (line: string) => void): Promise<ClickHouse> {
  const home = { ...locateHome(undefined, process.env), root: folder, data: folder, logs: folder };
  const [port = 0] = await findFreePorts(1);
  const proxy = await startFaultyProxy({ hostname: '127.0.0.1', port: String(port) });
  let running: RunningPart | undefined = await startPart(createClickHousePart(port, home), log);
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    proxy,
    directUrl: `http://127.0.0.1:${port}`,
    stop,
    async start() {
      running ??= await startPart(createClickHousePart(port, home), () => {});
    },
    async kill() {
      if (running !== undefined) sendSignal(running.pid, 'SIGKILL');
      await stop();
    },
    async close() {
      await stop();
      await proxy.close();
    },
  };
}
