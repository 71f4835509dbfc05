import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import { evaluateCohort, evaluateEstimate } from '@scoreline/core/performance/evaluate-cohort.ts';
import { nominalLengthMs } from '@scoreline/core/windows/duration.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { decideWindows } from '../alerts/decide-windows.ts';
import { type Decision, readAlertsStates } from '../alerts/decisions.ts';
import type { Baselines } from '../alerts/queries/query-context.ts';
import { isRetired, readLastScores } from '../alerts/retired.ts';
import { type Scope, segmentOf } from '../streams.ts';
import { storeResults } from '../windows/results.ts';
import { type MeasuredCohort, readEarlier, type StoredMetric } from './cohort-store.ts';
import { referenceAucOf, topBandOf, trainingAucOf } from './model-facts.ts';

interface Compared {
  readonly evaluated: EvaluatedWindow;
  readonly earlierFromMs: number | null;
}

/**
 * Judges cohorts of one kind and size, in the order of their windows, stores the results and decides each cohort once: a
 * revision updates its results and never alarms. A candidate in the shadow is measured, and the gate judges it. What a
 * version did that has been replaced is told, and alarms nobody: there is nothing left to do about it.
 */
export async function decideCohorts(
  database: Database,
  scope: Scope,
  cohorts: readonly MeasuredCohort[],
  known: ModelPackage,
  nowMs: number,
): Promise<readonly Decision[]> {
  const [first] = cohorts;
  if (first === undefined || scope.role === 'shadow') return [];
  const referenceAuc = referenceAucOf(known);
  const compared =
    first.kind === 'realised'
      ? await compareRealised(database, scope, cohorts, known)
      : cohorts.map((cohort) => ({
          evaluated: toWindow(
            scope,
            cohort,
            'estimate',
            evaluateEstimate(cohort.rows, { referenceAuc }, known.policy),
          ),
          earlierFromMs: null,
        }));
  await storeResults(
    database,
    compared.map(({ evaluated }) => ({ ...evaluated, role: scope.role })),
  );
  const at = { nowMs, windowMs: nominalLengthMs(known.policy.operations.window) };
  if (isRetired(scope, await readLastScores(database, at), at)) return [];
  const earlierFrom = new Map(
    compared.map(({ evaluated, earlierFromMs }) => [evaluated.startMs, earlierFromMs]),
  );
  const baselinesOf = ({ startMs }: { readonly startMs: number }): Baselines => ({
    trainingAuc: trainingAucOf(known),
    referenceAuc,
    aucMinimum: known.policy.performance.aucMinimum,
    topBand: topBandOf(known),
    earlierFromMs: earlierFrom.get(startMs) ?? null,
  });
  const clock = first.kind === 'realised' ? 'outcome' : 'estimate';
  return decideWindows(
    compared.map(({ evaluated }) => evaluated),
    await readAlertsStates(database, scope, clock),
    { scope, policy: known.policy, reference: known.reference, nowMs, baselinesOf },
  );
}

/** Each cohort beside those right before it: stored ones, and those of this round, which may lie far apart. */
async function compareRealised(
  database: Database,
  scope: Scope,
  cohorts: readonly MeasuredCohort[],
  known: ModelPackage,
): Promise<readonly Compared[]> {
  const limit = known.policy.performance.compareWith;
  const [first] = cohorts;
  if (first === undefined) return [];
  const startsMs = cohorts.map(({ window }) => window.startMs);
  const stored = await readEarlier(database, scope, first.window.size.text, { startsMs, limit });
  const byStart = Map.groupBy(stored, ({ startMs }) => startMs);
  for (const { window, rows } of cohorts) {
    byStart.set(
      window.startMs,
      rows.map((row) => ({ ...row, startMs: window.startMs })),
    );
  }
  const starts = [...byStart.keys()].sort((a, b) => a - b);
  return cohorts.map((cohort) => {
    const before = starts.filter((startMs) => startMs < cohort.window.startMs).slice(-limit);
    const earlier: StoredMetric[] = before.flatMap((startMs) => byStart.get(startMs) ?? []);
    const baseline = { trainingAuc: trainingAucOf(known), topBand: topBandOf(known), earlier };
    const results = evaluateCohort(cohort.rows, baseline, known.policy);
    return { evaluated: toWindow(scope, cohort, 'outcome', results), earlierFromMs: before[0] ?? null };
  });
}

function toWindow(
  scope: Scope,
  { window, revision }: MeasuredCohort,
  clock: 'outcome' | 'estimate',
  results: EvaluatedWindow['results'],
): EvaluatedWindow {
  return {
    model: scope.model,
    modelVersion: scope.modelVersion,
    segment: segmentOf(scope.role),
    size: window.size.text,
    clock,
    startMs: window.startMs,
    endMs: window.endMs,
    revision,
    results,
  };
}
