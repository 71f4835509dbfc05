import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { windowEnd } from '@scoreline/core/windows/tumbling.ts';
import type { ReplaySummary } from '@scoreline/cli/replay/replay.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { findPackage } from '@scoreline/runtime/model-package/find.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import type { DemoConfig } from './config.ts';

/** How far the services have come with a replay, as it stands in ClickHouse. */
interface Progress {
  readonly scored: number;
  readonly shadowed: number;
  readonly outcomes: number;
  /** Windows whose events have all come and that are not computed yet. */
  readonly openWindows: number;
  /** Windows that are mature and whose outcomes are not measured yet. */
  readonly openCohorts: number;
  /** Decided, not yet on scoring-alerts. */
  readonly unpublished: number;
}

interface SettleOptions {
  readonly leads: number;
  readonly outcomes: number;
  readonly policy: CompletePolicy;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const MODELS = join(import.meta.dirname, '../../models');
const TELL_EVERY_MS = 5_000;
const POLL_MS = 1_000;
const STALLED_MS = 120_000;

/** Waits until a replay has gone through everything, with a line every few seconds. */
export async function settle(
  { model, env }: DemoConfig,
  database: Database,
  { leads, outcomes }: ReplaySummary,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  log('waiting until everything is scored, shadowed and in windows …');
  const folder = findPackage(env['MODELS_DIR'] || MODELS, model);
  if (folder === undefined) throw new Error(`MODEL=${model} is not <name>@<version>`);
  const { policy } = await loadPackage(folder);
  let toldAt = Date.now();
  await waitUntilSettled(database, {
    leads,
    outcomes,
    policy,
    signal,
    onProgress: (progress) => {
      if (Date.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = Date.now();
      log(`  ${describeProgress(progress)}`);
    },
  });
}

/**
 * Waits until every lead is scored, shadowed and in ClickHouse, and every window that the watermark has passed is
 * computed. Throws when nothing has moved for two minutes.
 */
async function waitUntilSettled(database: Database, options: SettleOptions): Promise<void> {
  const { leads, outcomes, signal, onProgress } = options;
  let before = '';
  let movedAt = Date.now();
  while (!signal.aborted) {
    const progress = await readProgress(database, options.policy);
    onProgress(progress);
    const isRead = progress.scored >= leads && progress.shadowed >= leads && progress.outcomes >= outcomes;
    const isComputed = progress.openWindows === 0 && progress.openCohorts === 0;
    if (isRead && isComputed && progress.unpublished === 0) return;
    const now = JSON.stringify(progress);
    if (now !== before) movedAt = Date.now();
    before = now;
    if (Date.now() - movedAt > STALLED_MS)
      throw new Error(`nothing has moved for two minutes: ${describeProgress(progress)}`);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function describeProgress({ scored, shadowed, outcomes, openWindows, openCohorts }: Progress): string {
  const count = (n: number): string => n.toLocaleString('en-US');
  return `${count(scored)} scores, ${count(shadowed)} shadow scores and ${count(outcomes)} outcomes in ClickHouse; ${count(openWindows)} windows to compute, ${count(openCohorts)} to measure by outcomes`;
}

async function readProgress(database: Database, policy: CompletePolicy): Promise<Progress> {
  const [counts] = await database.query<Omit<Progress, 'openWindows' | 'openCohorts'>>(`
    SELECT
      (SELECT uniqExactIf((source_partition, source_offset), role = 'production') FROM lead_scores) AS scored,
      (SELECT uniqExactIf((source_partition, source_offset), role = 'shadow') FROM lead_scores) AS shadowed,
      (SELECT uniqExact(lead_id, event_id, recorded_at) FROM lead_outcomes) AS outcomes,
      (SELECT count() FROM alert_decisions FINAL WHERE published = 0) AS unpublished`);
  if (counts === undefined) throw new Error('ClickHouse answered a count with nothing');
  return {
    ...counts,
    openWindows: await countOpenWindows(database, policy.windows.allowedLatenessMs),
    openCohorts: await countOpenCohorts(database, policy),
  };
}

async function countOpenCohorts(database: Database, policy: CompletePolicy): Promise<number> {
  const [open] = await database.query<{ count: number }>(
    `SELECT count() AS count
    FROM score_windows
    WHERE window_size IN {sizes:Array(String)} AND role IN ('production', 'shadow')
      AND addMilliseconds(window_end, {horizonMs:Int64}) <=
      (
        SELECT min(latest)
        FROM (SELECT max(max_event_time) AS latest FROM stream_progress WHERE stream = 'lead-scores' GROUP BY partition)
      )
      AND (model, model_version, role, window_size, window_start) NOT IN
      (
        SELECT model, model_version, role, window_size, window_start FROM performance_cohorts
        WHERE kind = 'realised'
      )`,
    {
      sizes: policy.performance.windows.map(({ text }) => text),
      horizonMs: policy.outcomes.horizonMs,
    },
  );
  return open?.count ?? 0;
}

interface Mark {
  readonly size: string;
  readonly startMs: number;
}

async function countOpenWindows(database: Database, allowedLatenessMs: number): Promise<number> {
  const marks = await database.query<Mark>(`
    SELECT DISTINCT model, model_version, role, window_size AS size, toUnixTimestamp64Milli(window_start) AS startMs
    FROM dirty_windows FINAL
    WHERE done = 0`);
  const [progress] = await database.query<{ watermarkMs: number }>(`
    SELECT toUnixTimestamp64Milli(min(latest)) AS watermarkMs
    FROM (SELECT max(max_event_time) AS latest FROM stream_progress WHERE stream IN ('lead-scores', 'lead-shadow-scores') GROUP BY stream, partition)`);
  const watermarkMs = progress?.watermarkMs ?? -Infinity;
  return marks.filter(({ size, startMs }) => {
    const duration = parseDuration(size);
    return duration !== null && windowEnd(startMs, duration) + allowedLatenessMs <= watermarkMs;
  }).length;
}
