import type { EvaluatedWindow, WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import { evaluateWindow } from '@scoreline/core/drift/evaluate-window.ts';
import type { WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { createWindowReference } from '@scoreline/core/drift/window-reference.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { CompleteReferencePolicy } from '@scoreline/core/policy/reference-defaults.ts';
import { referenceWindows } from '@scoreline/core/windows/reference-windows.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { type Scope, segmentOf } from '../streams.ts';
import type { ComputedWindow } from './compute-windows.ts';
import { readHistograms } from './read-histograms.ts';
import { toldResult, type WindowResults } from './results.ts';

/**
 * The results of computed windows, in their order, against the version's reference or the earlier windows that the
 * policy names; these have been computed before, or are among the windows given. Inputs of a candidate are those of
 * production, so a shadow's results are stored and never alarm.
 */
export async function evaluateWindows(
  database: Database,
  scope: Scope,
  windows: readonly ComputedWindow[],
  known: ModelPackage,
): Promise<readonly EvaluatedWindow[]> {
  const { reference, policy } = known;
  const evaluated = new Map<string, EvaluatedWindow>();
  for (const [size, ofSize] of Map.groupBy(windows, (window) => window.size.text)) {
    const starts = startsNeeded(ofSize, policy.drift.reference);
    const histograms = await readHistograms(database, scope, size, starts, reference);
    for (const computed of ofSize) {
      const window = histograms.get(computed.startMs);
      if (window === undefined) continue;
      const results = evaluateOne(known, computed, window, histograms);
      evaluated.set(keyOf(computed), {
        ...identityOf(scope, computed),
        results: mute(results, scope, size, policy),
      });
    }
  }
  return windows.flatMap((window) => evaluated.get(keyOf(window)) ?? []);
}

type WindowHistograms = ReadonlyMap<number, WindowHistogram>;

/** Starts of the windows and of those that they are compared with, each once. */
function startsNeeded(windows: readonly Window[], choice: CompleteReferencePolicy): readonly number[] {
  const all = windows.flatMap((window) => [...earlierThan(window, choice), window]);
  return [...new Set(all.map(({ startMs }) => startMs))];
}

function earlierThan(window: Window, choice: CompleteReferencePolicy): readonly Window[] {
  return choice.kind === 'training' ? [] : referenceWindows(window, choice);
}

function evaluateOne(
  { manifest, reference: frozen, policy }: ModelPackage,
  computed: ComputedWindow,
  window: WindowHistogram,
  histograms: WindowHistograms,
): readonly DriftResult[] {
  const choice = policy.drift.reference;
  const { importance } = manifest;
  if (choice.kind === 'training') return evaluateWindow({ reference: frozen, policy, importance, window });
  const earlier = earlierThan(computed, choice).flatMap(({ startMs, endMs }) => {
    const histogram = histograms.get(startMs);
    return histogram === undefined ? [] : [{ startMs, endMs, histogram }];
  });
  const size = computed.size.text;
  const { reference, complete } = createWindowReference({
    frozen,
    choice,
    size,
    earlier,
    policy: policy.drift,
  });
  return complete(evaluateWindow({ reference, policy, importance, window }));
}

/** What is stored for windows of a version whose package isn't there: that they have no verdict, and why. */
export function withoutReference(scope: Scope, windows: readonly ComputedWindow[]): readonly WindowResults[] {
  const detail = `no package of ${scope.model}@${scope.modelVersion} in MODELS_DIR, so nothing to compare with`;
  const result = toldResult({
    signal: 'prediction_drift',
    subject: 'score',
    statistic: 'psi',
    value: null,
    sampleSize: 0,
    verdict: 'no_reference',
    detail,
  });
  return windows.map((window) => ({ ...identityOf(scope, window), role: scope.role, results: [result] }));
}

/** Which window it is, for whoever decides alerts. */
export function identityOf(scope: Scope, window: ComputedWindow): WindowIdentity {
  return {
    model: scope.model,
    modelVersion: scope.modelVersion,
    segment: segmentOf(scope.role),
    size: window.size.text,
    clock: 'event',
    startMs: window.startMs,
    endMs: window.endMs,
    revision: window.revision,
  };
}

function mute(
  results: EvaluatedWindow['results'],
  { role }: Scope,
  size: string,
  policy: CompletePolicy,
): EvaluatedWindow['results'] {
  const mayAlarm = role !== 'shadow' && policy.windows.alertOn.some(({ text }) => text === size);
  return mayAlarm ? results : results.map((result) => ({ ...result, alarms: false }));
}

function keyOf({ size, startMs }: ComputedWindow): string {
  return `${size.text} ${startMs}`;
}
