import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import { describeReference } from '@scoreline/core/drift/compared-windows.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { segmentOf, type WindowRole } from '../streams.ts';

/** A result as it is stored: beside the statistics that alarm, some that are only told. */
export interface StoredResult extends Omit<
  DriftResult,
  'signal' | 'statistic' | 'value' | 'threshold' | 'verdict'
> {
  readonly signal: string;
  readonly statistic: string;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly verdict: DriftResult['verdict'] | 'no_reference';
}

/** One window's results with the role whose rows they are of. */
export interface WindowResults extends WindowIdentity {
  readonly role: WindowRole;
  readonly results: readonly StoredResult[];
}

/** Writes results; those of an earlier revision of the window are replaced. */
export async function storeResults(database: Database, windows: readonly WindowResults[]): Promise<void> {
  await database.insert('drift_results_raw', windows.flatMap(toRows));
}

function toRows(window: WindowResults): readonly object[] {
  return window.results.map((result) => ({
    model: window.model,
    model_version: window.modelVersion,
    role: window.role === 'pairs' ? 'shadow' : window.role,
    segment: window.segment === segmentOf(window.role) ? '' : window.segment,
    window_size: window.size,
    window_start: window.startMs,
    window_end: window.endMs,
    revision: window.revision,
    signal: result.signal,
    subject: result.subject,
    statistic: result.statistic,
    value: result.value,
    threshold: result.threshold,
    critical_value: result.criticalValue,
    p_value: result.pValue,
    adjusted_p_value: result.adjustedPValue,
    sample_size: result.sampleSize,
    level: result.level,
    verdict: result.verdict,
    alarms: result.alarms,
    importance: result.importance,
    detail: result.detail,
    reference: referenceOf(result),
  }));
}

const AGAINST_REFERENCE: ReadonlySet<string> = new Set([
  'feature_drift',
  'missing_rate',
  'new_category',
  'prediction_drift',
]);

/** Which it was compared with; empty for what is compared with nothing, or with something that isn't there. */
function referenceOf({ signal, verdict, comparedWith }: StoredResult): string {
  return AGAINST_REFERENCE.has(signal) && verdict !== 'no_reference' ? describeReference(comparedWith) : '';
}

/** A number that is told beside the results and never alarms. */
export function toldResult(
  told: Pick<
    StoredResult,
    'signal' | 'subject' | 'statistic' | 'value' | 'sampleSize' | 'verdict' | 'detail'
  >,
): StoredResult {
  return {
    ...told,
    threshold: null,
    criticalValue: null,
    testStatistic: null,
    pValue: null,
    adjustedPValue: null,
    level: 'none',
    importance: null,
    alarms: false,
  };
}
