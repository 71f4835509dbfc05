import { startService, type ServiceProcess } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import type { BenchContext } from '../context.ts';
import { type ProcessUse, readProcessUse } from '../process-use.ts';

/** Scorers of one group, watched from outside. */
export interface Scorers {
  /** When the first was started, epoch milliseconds. */
  readonly startedMs: number;
  /** Resolves with words that say how the first that ended did. */
  readonly exited: Promise<string>;
  untilReady(): Promise<void>;
  /** CPU of all, memory of the largest. */
  readUse(): Promise<ProcessUse>;
  /** What they count themselves, over all. */
  readCounts(): Promise<ScorerCounts>;
  stop(): Promise<void>;
}

export interface ScorerCounts {
  readonly leads: number;
  readonly transactions: number;
}

const METRICS_TIMEOUT_MS = 5_000;

/** Starts `count` scorers of the context's model, from the packages of `modelsDir`. */
export async function startScorers(
  { env, model, logFolder }: BenchContext,
  modelsDir: string,
  count: number,
): Promise<Scorers> {
  const ports = await findFreePorts(count);
  const startedMs = Date.now();
  const started = await Promise.all(
    ports.map((port) =>
      startService('scorer', {
        env: { ...env, MODEL: model, MODELS_DIR: modelsDir, LOG_LEVEL: 'warn' },
        port,
        logFolder,
      }),
    ),
  );
  return {
    startedMs,
    exited: Promise.race(started.map(({ exited }) => exited)),
    untilReady: async () => void (await Promise.all(started.map((scorer) => scorer.untilReady()))),
    async readUse() {
      const uses = await Promise.all(started.map(({ pid }) => readProcessUse(pid)));
      return {
        cpuSeconds: uses.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
        residentMb: Math.max(...uses.map(({ residentMb }) => residentMb)),
        peakMb: Math.max(...uses.map(({ peakMb }) => peakMb)),
      };
    },
    async readCounts() {
      const counts = await Promise.all(started.map(readCounts));
      return {
        leads: counts.reduce((sum, { leads }) => sum + leads, 0),
        transactions: counts.reduce((sum, { transactions }) => sum + transactions, 0),
      };
    },
    stop: async () => void (await Promise.all(started.map((scorer) => scorer.stop()))),
  };
}

async function readCounts({ url }: ServiceProcess): Promise<ScorerCounts> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
  const text = await answer.text();
  const read = (name: string): number =>
    Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)`, 'm').exec(text)?.[1] ?? NaN);
  return {
    leads: read('scoreline_leads_in_total'),
    transactions: read('scoreline_transaction_seconds_count'),
  };
}
