import { writeFileSync } from 'node:fs';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { requireSetupConfig, type SetupConfig } from '../setup/config.ts';
import type { DemoConfig } from './config.ts';
import { type Crew, startCrew } from './crew.ts';
import { chooseServicePorts, type DemoEnvironment, startEnvironment } from './environment.ts';
import { judge } from './judge.ts';
import { replayHistory } from './replay-history.ts';
import { settle } from './settle.ts';
import { describeSummary, describeUrls } from './words.ts';

export type Log = (line: string) => void;

/**
 * The demo, from nothing to a summary:
 * 1. the stack, empty, with topics, schemas and tables;
 * 2. scorer, shadow and drift, as processes of their own;
 * 3. the bank's history, replayed;
 * 4. until all of it is scored, shadowed and in windows;
 * 5. what Kafka's own Java client finds, and what stands in ClickHouse;
 * 6. without --once, up until `signal`.
 * What was started is stopped, whatever happens. True: every lead was scored exactly once by both models.
 */
export async function runDemo(config: DemoConfig, log: Log, signal: AbortSignal): Promise<boolean> {
  const environment = await startEnvironment({ name: 'demo', home: config.home, env: config.env }, log);
  const parts = requireSetupConfig(environment.env);
  const database = createDatabase(toClickHouseSettings(parts));
  let crew: Crew | undefined;
  try {
    const ports = await chooseServicePorts(log);
    crew = await startCrew(config, environment, ports, log);
    return await runUnlessBroken(Promise.race([environment.stack.failed, crew.failed]), signal, (ended) =>
      showHistory(config, { environment, parts, ports, database }, log, ended),
    );
  } finally {
    log('stopping …');
    await crew?.stop();
    await database.close();
    await environment.stack.stop();
  }
}

/** When a part breaks, the work is told to end and awaited: it would go on against what is being stopped. */
async function runUnlessBroken<T>(
  broken: Promise<Error>,
  signal: AbortSignal,
  run: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const work = run(AbortSignal.any([signal, abort.signal]));
  const first = await Promise.race([broken, work.then(() => undefined)]);
  if (first === undefined) return work;
  abort.abort();
  await work.catch(() => undefined);
  throw first;
}

/** What a demo runs on. */
interface DemoStage {
  readonly environment: DemoEnvironment;
  /** How to reach its parts. */
  readonly parts: SetupConfig;
  readonly ports: Crew['ports'];
  readonly database: Database;
}

async function showHistory(
  config: DemoConfig,
  { environment, parts, ports, database }: DemoStage,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  const replayed = await replayHistory(config, parts, log, signal);
  if (!signal.aborted) await settle(config, database, replayed, log, signal);
  if (signal.aborted) return false;
  const { summary, faults } = await judge(parts, database, replayed.leads, log);
  log(`\n${describeSummary(summary, faults)}\n`);
  if (config.summaryFile !== undefined) {
    writeFileSync(config.summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  }
  if (!config.once) {
    log(`Everything stays up until Ctrl-C.\n\n${describeUrls(environment, ports, config)}\n`);
    await untilAborted(signal);
  }
  return faults.length === 0;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A timer keeps the process alive while nothing else does.
    const alive = setInterval(() => {}, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}
