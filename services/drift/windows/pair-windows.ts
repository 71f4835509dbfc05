import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { evaluatePairs } from '@scoreline/core/shadow/evaluate-pairs.ts';
import type { PairSums } from '@scoreline/core/shadow/pair-sums.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import type { ComputedWindow } from './compute-windows.ts';
import { identityOf } from './evaluate-windows.ts';
import { FORGOTTEN_OF_WINDOW, NOT_FORGOTTEN, withForgotten } from './forgotten.ts';
import { partByRows, type PlannedWindow, planRevisions, type WindowCount } from './plan.ts';
import { type StoredResult, toldResult, type WindowResults } from './results.ts';
import { inWindows, scopeParams, windowOf, windowParams } from './sql.ts';

/** A window of pairs with its alarming results, and all that is stored of it. */
export interface PairWindow {
  readonly evaluated: EvaluatedWindow;
  readonly stored: WindowResults;
  readonly coverage: number;
}

/**
 * A candidate beside production in windows of any size, from the rows of both joined on the lead event. Windows
 * without a production score aren't pairs of anything and are left out.
 */
export async function computePairWindows(
  database: Database,
  scope: Scope,
  windows: readonly Window[],
  policy: CompletePolicy,
): Promise<readonly PairWindow[]> {
  const computed: PairWindow[] = [];
  for (const [size, ofSize] of Map.groupBy(windows, (window) => window.size.text)) {
    const compute = await planPairs(database, scope, size, ofSize);
    if (compute.length === 0) continue;
    for (const part of partByRows(compute))
      await database.command(pairWindowsSql(part), windowParams(scope, size, part));
    const rows = await readPairRows(database, scope, size, compute);
    for (const window of ofSize) {
      const row = rows.get(window.startMs);
      if (row !== undefined)
        computed.push(evaluate(scope, { ...window, revision: row.revision }, row, policy));
    }
  }
  return computed.sort((a, b) => a.evaluated.endMs - b.evaluated.endMs);
}

/** Both sides' rows count: a late one on either side is the next revision. */
async function planPairs(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly Window[],
): Promise<readonly PlannedWindow[]> {
  const starts = windows.map(({ startMs }) => startMs).sort((a, b) => a - b);
  const counts = await database.query<WindowCount>(
    withForgotten(
      `SELECT ${windowOf('event_time')} AS startMs, count() AS n
      FROM lead_scores FINAL
      WHERE ${OF_PAIRS} AND ${inWindows('event_time', windows)} AND ${NOT_FORGOTTEN}
      GROUP BY startMs
      HAVING countIf(role = 'production') > 0`,
      OF_PAIRS,
      windows,
    ),
    { ...scopeParams(scope), starts },
  );
  const previous = await database.query<WindowCount & { revision: number }>(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, production + shadow + forgotten AS count,
      forgotten, revision
    FROM shadow_windows_raw FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND window_size = {size:String}
      AND has({starts:Array(Int64)}, toUnixTimestamp64Milli(window_start))`,
    { ...scopeParams(scope), size, starts },
  );
  return planRevisions(windows, counts, previous).compute;
}

const IS_CANDIDATE = `role = 'shadow' AND model = {model:String} AND model_version = {version:String}`;
const OF_PAIRS = `(role = 'production' OR ${IS_CANDIDATE})`;
const SOURCE = 'source_topic, source_partition, source_offset';

function pairWindowsSql(windows: readonly PlannedWindow[]): string {
  const inTime = inWindows('event_time', windows);
  return `
    INSERT INTO shadow_windows_raw
      (model, model_version, window_size, window_start, window_end, revision, production, shadow, pairs,
       difference_sum, absolute_difference_sum, max_absolute_difference, flip_matrix, band_flips, spearman, forgotten)
    SELECT {model:String}, {version:String}, {size:String},
      fromUnixTimestamp64Milli(s, 'UTC'),
      fromUnixTimestamp64Milli(transform(s, {starts:Array(Int64)}, {ends:Array(Int64)}, toInt64(0)), 'UTC'),
      transform(s, {starts:Array(Int64)}, {revisions:Array(UInt32)}, toUInt32(0)),
      countIf(has_production), countIf(has_candidate), countIf(both),
      sumIf(difference, both), sumIf(abs(difference), both), maxIf(abs(difference), both),
      sumMapIf(map(concat(production_band, ' > ', candidate_band), toUInt64(1)), both), countIf(both AND production_band != candidate_band),
      if(isFinite(corrStableIf(production_rank, candidate_rank, both) AS spearman), spearman, NULL),
      ${FORGOTTEN_OF_WINDOW}
    FROM
    (
      SELECT *, ${meanRank('production_score')} AS production_rank, ${meanRank('candidate_score')} AS candidate_rank
      FROM
      (
        SELECT min(${windowOf('event_time')}) AS s,
          countIf(role = 'production') > 0 AS has_production, countIf(role = 'shadow') > 0 AS has_candidate,
          has_production AND has_candidate AS both,
          anyIf(score, role = 'production') AS production_score, anyIf(score, role = 'shadow') AS candidate_score,
          anyIf(toString(band), role = 'production') AS production_band,
          anyIf(toString(band), role = 'shadow') AS candidate_band,
          candidate_score - production_score AS difference
        FROM lead_scores FINAL
        WHERE ${OF_PAIRS} AND ${inTime} AND ${NOT_FORGOTTEN}
        GROUP BY ${SOURCE}
      )
    )
    GROUP BY s`;
}

/** Rank among a window's pairs, equal values sharing the mean of theirs; ClickHouse's rankCorr is wrong for ties. */
function meanRank(column: string): string {
  return `rank() OVER (PARTITION BY s, both ORDER BY ${column}) + count() OVER (PARTITION BY s, both, ${column}) / 2`;
}

interface PairRow {
  readonly startMs: number;
  readonly revision: number;
  readonly production: number;
  readonly pairs: number;
  readonly difference: number;
  readonly absoluteDifference: number;
  readonly maxAbsoluteDifference: number;
  readonly bandFlips: number;
  readonly spearman: number | null;
}

async function readPairRows(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly PlannedWindow[],
): Promise<ReadonlyMap<number, PairRow>> {
  const rows = await database.query<PairRow>(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, revision, production, pairs, difference_sum AS difference,
      absolute_difference_sum AS absoluteDifference, max_absolute_difference AS maxAbsoluteDifference,
      band_flips AS bandFlips, spearman
    FROM shadow_windows_raw FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND window_size = {size:String}
      AND has({starts:Array(Int64)}, toUnixTimestamp64Milli(window_start))`,
    { ...scopeParams(scope), size, starts: windows.map(({ startMs }) => startMs) },
  );
  return new Map(rows.map((row) => [row.startMs, row]));
}

function evaluate(scope: Scope, window: ComputedWindow, row: PairRow, policy: CompletePolicy): PairWindow {
  const identity = identityOf(scope, window);
  const mayAlarm = policy.windows.alertOn.some(({ text }) => text === window.size.text);
  const results = evaluatePairs(toSums(row), policy).map((result) => ({ ...result, alarms: mayAlarm }));
  const coverage = row.pairs / row.production;
  const stored = { ...identity, role: scope.role, results: [...results, ...tell(row, coverage)] };
  return { evaluated: { ...identity, results }, stored, coverage };
}

/** Flips alone tell the share: two bands stand for all, same and other. */
function toSums({
  pairs,
  bandFlips,
  difference,
  absoluteDifference,
  maxAbsoluteDifference,
}: PairRow): PairSums {
  const flips = [pairs - bandFlips, bandFlips, 0, 0];
  return { count: pairs, difference, absoluteDifference, maxAbsoluteDifference, flips };
}

function tell(row: PairRow, coverage: number): readonly StoredResult[] {
  const verdict = row.pairs === 0 ? 'insufficient_data' : 'ok';
  const common = { signal: 'shadow_disagreement', sampleSize: row.pairs, verdict, detail: '' } as const;
  const mean = row.pairs === 0 ? null : row.difference / row.pairs;
  const maximum = row.pairs === 0 ? null : row.maxAbsoluteDifference;
  const scored = `the candidate scored ${row.pairs} of production's ${row.production} leads`;
  return [
    toldResult({ ...common, subject: 'coverage', statistic: 'share', value: coverage, detail: scored }),
    toldResult({ ...common, subject: 'score', statistic: 'spearman', value: row.spearman }),
    toldResult({ ...common, subject: 'score', statistic: 'mean_difference', value: mean }),
    toldResult({ ...common, subject: 'score', statistic: 'max_difference', value: maximum }),
  ];
}
