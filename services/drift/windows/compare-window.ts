import { evaluateTogether } from '@scoreline/core/drift/evaluate-window.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { createWindowReference, type WindowReference } from '@scoreline/core/drift/window-reference.ts';
import type { CompleteReferencePolicy } from '@scoreline/core/policy/reference-defaults.ts';
import { referenceWindows } from '@scoreline/core/windows/reference-windows.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { HistogramsBySegment } from './read-histograms.ts';

/** The leads of a window that are compared by themselves: all (`''`), or a segment's. */
export interface Compared {
  readonly name: string;
  readonly reference: CompleteReferencePolicy;
}

/** Results of one part of a window. */
export interface ComparedPart {
  readonly name: string;
  readonly results: readonly DriftResult[];
}

/**
 * Compares these parts of one window, each with its own reference, p values adjusted over all of them together. A part
 * without leads in the window is left out.
 */
export function compareWindow(
  { manifest, reference: frozen, policy }: ModelPackage,
  window: Window,
  parts: readonly Compared[],
  histograms: HistogramsBySegment,
): readonly ComparedPart[] {
  const measured = parts.flatMap(({ name, reference: choice }) => {
    const ofPart = histograms.get(name);
    const own = ofPart?.get(window.startMs);
    if (ofPart === undefined || own === undefined) return [];
    const earlier = earlierThan(window, choice).flatMap(({ startMs, endMs }) => {
      const histogram = ofPart.get(startMs);
      return histogram === undefined ? [] : [{ startMs, endMs, histogram }];
    });
    const made =
      choice.kind === 'training'
        ? asTrained(frozen)
        : createWindowReference({ frozen, choice, size: window.size.text, earlier, policy: policy.drift });
    return [{ name, own, made }];
  });
  const { importance } = manifest;
  const results = evaluateTogether(
    measured.map(({ own, made }) => ({ reference: made.reference, policy, importance, window: own })),
  );
  return measured.map(({ name, made }, i) => ({ name, results: made.complete(results[i] ?? []) }));
}

/** The windows that a window is compared with; none for training. */
export function earlierThan(window: Window, choice: CompleteReferencePolicy): readonly Window[] {
  return choice.kind === 'training' ? [] : referenceWindows(window, choice);
}

function asTrained(reference: ModelPackage['reference']): WindowReference {
  return { reference, complete: (results) => results };
}
