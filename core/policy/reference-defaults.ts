import type { ReferencePolicy } from '../contracts/policy.ts';
import { type Duration, divides } from '../windows/duration.ts';
import type { WindowChoice } from '../windows/reference-windows.ts';
import { readDuration } from './read-values.ts';

/** What windows are compared with, with nothing left to decide. */
export type CompleteReferencePolicy = { readonly kind: 'training' } | WindowChoice;

/** With `fire_after` 2 of 3 none of the windows that an alert looks at is compared with another. */
const GAP = 2;
const SEASONS = 4;

/** Fills in a reference's defaults; problems are added to `problems`. */
export function completeReference(
  place: string,
  given: ReferencePolicy = { kind: 'training' },
  problems: string[],
): CompleteReferencePolicy {
  if (given.kind === 'training') return given;
  const windows = given.windows ?? SEASONS;
  const minimumWindows = given.minimum_windows ?? Math.ceil(windows / 2);
  if (minimumWindows > windows) {
    problems.push(
      `${place}.minimum_windows: ${minimumWindows} can't be had of ${windows} (${place}.windows)`,
    );
  }
  if (given.kind === 'rolling') return { kind: 'rolling', windows, gap: given.gap ?? GAP, minimumWindows };
  const period = readDuration(`${place}.period`, given.period, problems);
  return { kind: 'season', period, windows, minimumWindows };
}

/** What keeps windows of these sizes from being compared with the same season: no place in the period. */
export function seasonProblems(
  place: string,
  reference: CompleteReferencePolicy,
  sizes: readonly Duration[],
): readonly string[] {
  if (reference.kind !== 'season') return [];
  const { period } = reference;
  return sizes
    .filter((size) => !divides(size, period))
    .map(
      (size) => `${place}.period: ${period.text} is no whole number of ${size.text} windows (windows.sizes)`,
    );
}
