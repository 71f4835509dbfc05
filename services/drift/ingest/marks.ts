import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { windowsTouched } from '@scoreline/core/windows/dirty.ts';
import { windowStart } from '@scoreline/core/windows/tumbling.ts';
import type { Scope } from '../streams.ts';

/** A window that holds rows not yet counted. */
export interface Mark extends Scope {
  /** ISO 8601 duration. */
  readonly size: string;
  readonly startMs: number;
}

/** A model version by name. */
export interface VersionName {
  readonly model: string;
  readonly modelVersion: string;
}

/**
 * The windows, base and larger, that these scores make dirty, each once: those of their own model version and role;
 * for production's scores also those of each candidate's pairs, so that a candidate that says nothing is seen; for
 * a candidate's, its pairs. Backtests have no windows.
 */
export function marksOf(
  scores: readonly LeadScored[],
  policyOf: (version: VersionName) => CompletePolicy,
  candidates: readonly VersionName[],
): readonly Mark[] {
  const starts = new Map<string, { scope: Scope; startsMs: Set<number> }>();
  for (const score of scores) {
    for (const scope of scopesOf(score, candidates)) {
      const key = `${scope.role} ${scope.model} ${scope.modelVersion}`;
      let entry = starts.get(key);
      if (entry === undefined) starts.set(key, (entry = { scope, startsMs: new Set() }));
      entry.startsMs.add(windowStart(score.event_time, policyOf(scope).windows.base));
    }
  }
  return [...starts.values()].flatMap(({ scope, startsMs }) => {
    const { base, sizes } = policyOf(scope).windows;
    return windowsTouched(startsMs, base, sizes).map(({ size, startMs }) => ({
      ...scope,
      size: size.text,
      startMs,
    }));
  });
}

function scopesOf(score: LeadScored, candidates: readonly VersionName[]): readonly Scope[] {
  const { role } = score;
  if (role === 'backtest') return [];
  const own = { model: score.model, modelVersion: score.model_version };
  if (role === 'canary') return [{ ...own, role }];
  const paired = role === 'shadow' ? [own] : candidates.filter((candidate) => !isSame(candidate, own));
  return [{ ...own, role }, ...paired.map((candidate) => ({ ...candidate, role: 'pairs' as const }))];
}

/** A candidate that has become production has nothing beside it. */
function isSame(a: VersionName, b: VersionName): boolean {
  return a.model === b.model && a.modelVersion === b.modelVersion;
}
