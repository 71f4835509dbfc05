import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgressDisplay } from '@scoreline/cli/replay/progress.ts';
import type { ReplaySummary } from '@scoreline/cli/replay/replay.ts';
import { runReplay } from '@scoreline/cli/replay/run-replay.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { findPackage } from '@scoreline/runtime/model-package/find.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { judgeScores, type Verdict } from '@scoreline/test/judge/judge-scores.ts';
import type { DemoConfig } from './config.ts';
import { chooseServicePorts, type DemoEnvironment, startEnvironment } from './environment.ts';
import { type ServiceName, type ServiceProcess, startService } from './service-process.ts';
import { describeProgress, waitUntilSettled } from './settle.ts';
import { findFaults, summarise } from './summary.ts';
import { describeSummary, describeUrls } from './words.ts';

type Log = (line: string) => void;

const REPOSITORY = join(import.meta.dirname, '../..');
const TELL_PROGRESS_EVERY_MS = 5_000;

/**
 * The demo, from nothing to a summary:
 * 1. the stack, empty, with topics, schemas and tables;
 * 2. scorer, shadow and drift, as processes of their own;
 * 3. the bank's history, replayed;
 * 4. until all of it is scored, shadowed and in windows;
 * 5. what Kafka's own Java client finds, and what stands in ClickHouse;
 * 6. without --once: up until `signal`.
 * Whatever happens, everything that was started is stopped. True: every lead was scored exactly once.
 */
export async function runDemo(config: DemoConfig, log: Log, signal: AbortSignal): Promise<boolean> {
  const environment = await startEnvironment(config, log);
  const services: ServiceProcess[] = [];
  const database = openDatabase(environment);
  const broken = environment.stack.failed.then((error) => Promise.reject(error));
  try {
    const ports = await chooseServicePorts(log);
    const failed = await startServices(config, environment, ports, services, log);
    const run = async (): Promise<boolean> => {
      const isGood = await replayAndJudge(config, environment, database, log, signal);
      if (config.once || signal.aborted) return isGood;
      log(`\nEverything stays up until Ctrl-C.\n\n${describeUrls(environment, ports, config)}\n`);
      await untilAborted(signal);
      return isGood;
    };
    return await Promise.race([run(), failed, broken]);
  } finally {
    log('stopping …');
    await Promise.all(services.map((service) => service.stop()));
    await database.close();
    await environment.stack.stop();
  }
}

/** Resolves once all are ready, with a promise that rejects when one of them ends by itself. */
async function startServices(
  { model, candidate }: DemoConfig,
  { env, logFolder, stack }: DemoEnvironment,
  ports: Readonly<Record<ServiceName, number>>,
  services: ServiceProcess[],
  log: Log,
): Promise<Promise<never>> {
  throw new Error('unfinished');
}
