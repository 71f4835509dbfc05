import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { until } from '../support/until.ts';

/** A Prometheus that was started with the project's configuration. */
export interface RealPrometheus {
  /** The data of an answer of its HTTP API; throws, with its own words, where it refuses. */
  ask<T>(path: string, params?: Readonly<Record<string, string>>): Promise<T>;
  /** The samples of an instant query: labels and value. */
  query(promql: string): Promise<readonly { metric: Record<string, string>; value: number }[]>;
  stop(): Promise<void>;
}

const PROMETHEUS = join(import.meta.dirname, '../../infra/prometheus');
const READY_MS = 60_000;
const ANSWER_MS = 10_000;

/**
 * Starts it with `prometheus.yml`: `targets` are put in the place of the standard addresses, it scrapes each second, and
 * has no Alertmanager.
 */
export async function startPrometheus(targets: ReadonlyMap<string, string>): Promise<RealPrometheus> {
  const home = mkdtempSync(join(tmpdir(), 'scoreline-prometheus-'));
  const config = join(home, 'prometheus.yml');
  writeFileSync(config, configFor(targets));
  const [port = 0] = await findFreePorts(1);
  const child = await startChildProcess({
    program: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    logFile: join(home, 'prometheus.log'),
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady, READY_MS, `Prometheus (log in ${home}) was not ready`);
  const ask = async <T>(path: string, params: Readonly<Record<string, string>> = {}): Promise<T> => {
    const query = new URLSearchParams(params).toString();
    const answer = await fetch(`${url}/api/v1/${path}?${query}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path} ${query}: ${error}`);
    return data;
  };
  return {
    ask,
    async query(promql) {
      const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
        'query',
        { query: promql },
      );
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    stop: () => child.stop(),
  };
}

function configFor(targets: ReadonlyMap<string, string>): string {
  let text = readFileSync(join(PROMETHEUS, 'prometheus.yml'), 'utf8')
    .replace('rules/*.yml', join(PROMETHEUS, 'rules/*.yml'))
    .replace(/scrape_interval: \S+/, 'scrape_interval: 1s')
    .replace(/scrape_timeout: \S+/, 'scrape_timeout: 1s')
    .replace(/evaluation_interval: \S+/, 'evaluation_interval: 1s')
    .replace(/targets: \['127\.0\.0\.1:9093'\]/, 'targets: []');
  for (const [standard, actual] of targets) text = text.replace(standard, actual);
  return text;
}
