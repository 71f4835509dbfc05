import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { evaluatePairs } from '@scoreline/core/shadow/evaluate-pairs.ts';
import type { PairSums } from '@scoreline/core/shadow/pair-sums.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../../streams.ts';
import type { ComputedWindow } from '../compute-windows.ts';
import { identityOf } from '../evaluate-windows.ts';
import { type PlannedWindow, planRevisions, type WindowCount } from '../plan.ts';
import { type StoredResult, toldResult, type WindowResults } from '../results.ts';
import { scopeParams } from '../sql.ts';
import { computeBasePairs, countPairRows } from './base-pairs.ts';
import { MOST_SAMPLED } from './insert-pairs.ts';
import { computeLargerPairs, countBasePairs } from './larger-pairs.ts';

/** A window of pairs with its alarming results, and all that is stored of it. */
export interface PairWindow {
  readonly evaluated: EvaluatedWindow;
  readonly stored: WindowResults;
  readonly coverage: number;
}

/** What windows of pairs are computed by. */
export interface PairOptions {
  readonly policy: CompletePolicy;
  /** Of more pairs in a window ranks are told of so many. */
  readonly mostSampled?: number | undefined;
}

/**
 * A candidate beside production: base windows from the rows of both joined on the lead event, larger ones summed from
 * these; base windows come first or have been computed before. Windows without a production score aren't pairs of
 * anything and are left out. Both sides' rows count: a late one on either is the next revision.
 */
export async function computePairWindows(
  database: Database,
  scope: Scope,
  windows: readonly Window[],
  { policy, mostSampled = MOST_SAMPLED }: PairOptions,
): Promise<readonly PairWindow[]> {
  const base = policy.windows.base.text;
  const bySize = [...Map.groupBy(windows, (window) => window.size.text)];
  const computed: PairWindow[] = [];
  for (const [size, ofSize] of bySize.sort(([a], [b]) => Number(b === base) - Number(a === base))) {
    const counts =
      size === base
        ? await countPairRows(database, scope, ofSize)
        : await countBasePairs(database, scope, base, ofSize);
    const { compute } = planRevisions(ofSize, counts, await readPrevious(database, scope, size, ofSize));
    if (compute.length === 0) continue;
    if (size === base) await computeBasePairs(database, scope, size, compute, mostSampled);
    else await computeLargerPairs(database, scope, { base, size }, compute, mostSampled);
    const rows = await readPairRows(database, scope, size, compute);
    for (const window of ofSize) {
      const row = rows.get(window.startMs);
      if (row !== undefined)
        computed.push(evaluate(scope, { ...window, revision: row.revision }, row, policy));
    }
  }
  return computed.sort((a, b) => a.evaluated.endMs - b.evaluated.endMs);
}

function readPrevious(
  database: Database,
  scope: Scope,
  size: string,
  windows: readonly Window[],
): Promise<(WindowCount & { readonly revision: number })[]> {
  return database.query(
    `SELECT toUnixTimestamp64Milli(window_start) AS startMs, production + shadow + forgotten AS count,
      forgotten, revision
    FROM shadow_windows_raw FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND window_size = {size:String}
      AND has({starts:Array(Int64)}, toUnixTimestamp64Milli(window_start))`,
    { ...scopeParams(scope), size, starts: windows.map(({ startMs }) => startMs) },
  );
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
  readonly spearmanPairs: number;
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
      band_flips AS bandFlips, spearman, spearman_pairs AS spearmanPairs
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
    toldResult({ ...common, ...rankResult(row) }),
    toldResult({ ...common, subject: 'score', statistic: 'mean_difference', value: mean }),
    toldResult({ ...common, subject: 'score', statistic: 'max_difference', value: maximum }),
  ];
}

function rankResult(row: PairRow) {
  const { spearman: value, spearmanPairs: sampleSize } = row;
  const verdict = sampleSize === 0 ? 'insufficient_data' : 'ok';
  const common = { subject: 'score', statistic: 'spearman', value, sampleSize, verdict } as const;
  return { ...common, detail: detailOfRanks(row) };
}

/** Of a sample it is an estimate, and says so. */
function detailOfRanks({ pairs, spearmanPairs }: PairRow): string {
  if (spearmanPairs === pairs) return '';
  if (spearmanPairs === 0)
    return 'not told: a base window in it was computed before samples of pairs were kept';
  return `estimated from an even sample of ${spearmanPairs} of ${pairs} pairs`;
}
