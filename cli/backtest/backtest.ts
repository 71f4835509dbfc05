import { setTimeout as sleep } from 'node:timers/promises';
import type { Version } from '@scoreline/core/shadow/report.ts';
import { type BacktestOutcome, runBacktest } from '@scoreline/pipeline/backtest/run-backtest.ts';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { type BacktestRun, createRunStore, type RunStore } from '@scoreline/runtime/backtest/run-store.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { resolveTopicRange, type TimeRange } from '@scoreline/runtime/kafka/topic-range.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import type { ReportConfig } from '../reports/config.ts';
import { findCandidatePackage } from '../reports/candidate-package.ts';
import type { BacktestDisplay } from './display.ts';

export interface BacktestRequest {
  readonly candidate: Version;
  /** Undefined: of a run that goes on. */
  readonly from: TimeRange['from'] | undefined;
  readonly to: TimeRange['to'];
  readonly runId: string | undefined;
  /** Wait until ClickHouse has the scores. */
  readonly waitForRows: boolean;
}

export interface BacktestEnd {
  readonly run: BacktestRun;
  readonly outcome: BacktestOutcome;
  /** Whether ClickHouse has all scores of this process. */
  readonly ingested: boolean;
}

const FINISHED_BEFORE: Omit<BacktestEnd, 'run'> = {
  outcome: { ended: 'finished', lastScored: new Map() },
  ingested: true,
};
const CLIENT_ID = 'scoreline-backtest';
const INGEST_PATIENCE_MS = 60_000;
const INGEST_POLL_MS = 500;

/**
 * Runs a backtest, or goes on with one: its range is fixed at the first start. Throws what a person can act on: an
 * unknown package, a run id of another version, brokers or ClickHouse that can't be reached.
 */
export async function backtest(
  config: ReportConfig,
  request: BacktestRequest,
  { signal, display }: { readonly signal: AbortSignal; readonly display: BacktestDisplay },
): Promise<BacktestEnd> {
  const model = await openCandidate(config, request.candidate);
  const database = createDatabase(toClickHouseSettings(config));
  const store = createRunStore(database);
  const progress = await openGroupProgress(asClient(toKafkaAccess(config), CLIENT_ID), () => {});
  try {
    const run = await findOrBegin(config, store, request);
    display.began(run);
    if (run.state === 'finished') return { run, ...FINISHED_BEFORE };
    const deps = {
      ...toKafkaAccess(config),
      schemaRegistry: toRegistryAccess(config),
      topicPrefix: config.TOPIC_PREFIX,
      model,
      store,
      // What a person has to know comes with the progress.
      events: createScoringEvents(createTelemetry({ service: 'backtest', logLevel: 'silent' })),
      readCommitted: progress.readCommitted,
      onProgress: display.update,
    };
    const outcome = await runBacktest(deps, run, signal);
    const isWorthWaiting = request.waitForRows && outcome.ended === 'finished';
    return { run, outcome, ingested: isWorthWaiting && (await untilIngested(store, run, outcome, signal)) };
  } finally {
    await Promise.all([progress.close(), database.close(), model.close()]);
  }
}

async function openCandidate(config: ReportConfig, candidate: Version): Promise<LoadedModel> {
  const dir = await findCandidatePackage(config)(candidate);
  if (dir !== undefined) return openModel(await loadPackage(dir));
  const { model, version } = candidate;
  throw new Error(
    `${model}@${version} is neither registered nor in ${config.MODELS_DIR}: push it (scoreline model push)`,
  );
}

async function findOrBegin(
  config: ReportConfig,
  store: RunStore,
  { candidate, from, to, runId }: BacktestRequest,
): Promise<BacktestRun> {
  const known = runId === undefined ? undefined : await store.find(runId);
  if (known !== undefined) return requireSame(known, candidate);
  if (from === undefined)
    throw new Error(
      runId === undefined
        ? 'say where to begin: --from TIME or --from-beginning'
        : `no backtest has the run id '${runId}' yet: to begin it, add --from TIME or --from-beginning`,
    );
  const topic = `${config.TOPIC_PREFIX}lead-created`;
  const kafka = asClient(toKafkaAccess(config), CLIENT_ID);
  const ranges = await resolveTopicRange(kafka, topic, { from, to }, () => {});
  if (ranges.every((range) => range.from === range.to))
    throw new Error(`${topic} has no record in this range: nothing to score`);
  const startedAtMs = Date.now();
  const run: BacktestRun = {
    runId: runId ?? nameRun(candidate, startedAtMs),
    candidate,
    topic,
    ranges,
    state: 'running',
    startedAtMs,
  };
  await store.save(run);
  return run;
}

function requireSame(run: BacktestRun, { model, version }: Version): BacktestRun {
  const { candidate, runId } = run;
  if (candidate.model === model && candidate.version === version) return run;
  throw new Error(
    `run '${runId}' is of ${candidate.model}@${candidate.version}, not of ${model}@${version}: take another --run-id`,
  );
}

/** `bank-leads-1.1.0-20240301T101500Z`. */
function nameRun({ model, version }: Version, atMs: number): string {
  const time = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${model}-${version}-${time}`;
}

/** Drift reads a partition's scores in order: once the last one is there, all are. Bounded; false: not yet. */
async function untilIngested(
  store: RunStore,
  run: BacktestRun,
  { lastScored }: BacktestOutcome,
  signal: AbortSignal,
): Promise<boolean> {
  const giveUpAtMs = Date.now() + INGEST_PATIENCE_MS;
  while (!signal.aborted && Date.now() < giveUpAtMs) {
    const ingested = await store.readIngested(run);
    if ([...lastScored].every(([partition, last]) => (ingested.get(partition) ?? -1) >= last)) return true;
    await sleep(INGEST_POLL_MS);
  }
  return false;
}
