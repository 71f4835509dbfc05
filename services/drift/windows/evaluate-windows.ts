import type { EvaluatedWindow, WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { type Scope, segmentOf } from '../streams.ts';
import { type ComputedWindow, segmentsOf } from './compute-windows.ts';
import { type Compared, compareWindow, earlierThan } from './compare-window.ts';
import { readHistograms } from './read-histograms.ts';
import { toldResult, type WindowResults } from './results.ts';

/**
 * The results of computed windows, in their order, against the version's reference or the earlier windows that the
 * policy names; these have been computed before, or are among the windows given. Inputs of a candidate are those of
 * production, so a shadow's results are stored and never alarm. A window's segments follow it; all leads are judged
 * as if there were none.
 */
export async function evaluateWindows(
  database: Database,
  scope: Scope,
  windows: readonly ComputedWindow[],
  known: ModelPackage,
): Promise<readonly EvaluatedWindow[]> {
  const { reference, policy } = known;
  const all = { name: '', reference: policy.drift.reference };
  const segments = segmentsOf(scope, known);
  const evaluated = new Map<string, readonly EvaluatedWindow[]>();
  for (const [size, ofSize] of Map.groupBy(windows, (window) => window.size.text)) {
    const startsMs = startsNeeded(ofSize, [all, ...segments]);
    const names = ['', ...segments.map(({ name }) => name)];
    const histograms = await readHistograms(database, scope, { size, startsMs, segments: names }, reference);
    for (const window of ofSize) {
      const parts = [
        ...compareWindow(known, window, [all], histograms),
        ...compareWindow(known, window, segments, histograms),
      ];
      const ofParts = parts.map(({ name, results }) => ({
        ...identityOf(scope, window, name),
        results: mute(results, scope, size, policy),
      }));
      evaluated.set(keyOf(window), ofParts);
    }
  }
  return windows.flatMap((window) => evaluated.get(keyOf(window)) ?? []);
}

/** Starts of the windows and of those that they are compared with, each once. */
function startsNeeded(windows: readonly Window[], parts: readonly Compared[]): readonly number[] {
  const all = windows.flatMap((window) => [
    window,
    ...parts.flatMap(({ reference }) => earlierThan(window, reference)),
  ]);
  return [...new Set(all.map(({ startMs }) => startMs))];
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

/** Which window it is, for whoever decides alerts; of production's leads perhaps a segment's. */
export function identityOf(scope: Scope, window: ComputedWindow, segment = ''): WindowIdentity {
  return {
    model: scope.model,
    modelVersion: scope.modelVersion,
    segment: segment === '' ? segmentOf(scope.role) : segment,
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
