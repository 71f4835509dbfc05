import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { venvBin } from './python.ts';

/** A server of the virtual environment. */
export interface PeerServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 180_000;
const POLL_MS = 200;
const KILL_AFTER_MS = 10_000;

/** Starts `program` on a free port and waits until `path` answers; what it printed is told where it doesn't. */
export async function startServer(
  program: string,
  args: (port: number) => readonly string[],
  path: string,
): Promise<PeerServer> {
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  // A group of its own: these servers have workers, which must go with them.
  const env = {
    ...process.env,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  };
  const child = spawn(join(venvBin, program), args(port), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env,
  });
  let output = '';
  const note = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_000));
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const closed = once(child, 'close');
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(`${url}${path}`))) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    kill('SIGKILL');
    throw new Error(`${program} doesn't answer on ${url}${path}:\n${output}`);
  }
  return {
    url,
    async stop() {
      kill('SIGTERM');
      const late = setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** MLflow's tracking server with its data in `home`, files through its own proxy. */
export function startMlflow(home: string): Promise<PeerServer> {
  const store = ['--backend-store-uri', `sqlite:///${home}/mlflow.db`];
  const artifacts = ['--artifacts-destination', join(home, 'artifacts'), '--serve-artifacts'];
  const args = (port: number): string[] => ['--port', String(port), '--workers', '1', ...store, ...artifacts];
  return startServer('mlflow', (port) => ['server', ...args(port)], '/health');
}

/** moto's S3. */
export function startMoto(): Promise<PeerServer> {
  return startServer('moto_server', (port) => ['-H', '127.0.0.1', '-p', String(port)], '/moto-api/');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    return false;
  }
}
