import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';

/** When a decision was written, epoch milliseconds, and which version scores by it. */
export interface Switch {
  readonly decidedAtMs: number;
  readonly ref: VersionRef;
}

/** The version that gave a score. */
export function refOf({ model, model_version }: Pick<LeadScored, 'model' | 'model_version'>): VersionRef {
  return `${model}@${model_version}`;
}

/** Of each partition, the versions in the order of its scores, repeats left out. */
export function versionsByPartition(scores: readonly LeadScored[]): VersionRef[][] {
  const byPartition = new Map<number, VersionRef[]>();
  for (const score of scores.toSorted((a, b) => a.source.offset - b.source.offset)) {
    const versions = byPartition.get(score.source.partition) ?? [];
    byPartition.set(score.source.partition, versions);
    if (versions.at(-1) !== refOf(score)) versions.push(refOf(score));
  }
  return [...byPartition.values()];
}

/** Scored with a version that had been replaced for longer than `withinMs`. */
export function isStale(score: LeadScored, switches: readonly Switch[], withinMs: number): boolean {
  const due = switches.findLast(({ decidedAtMs }) => score.scored_at > decidedAtMs + withinMs);
  const next = switches.find(({ decidedAtMs }) => due !== undefined && decidedAtMs > due.decidedAtMs);
  if (due === undefined || (next !== undefined && score.scored_at >= next.decidedAtMs)) return false;
  return refOf(score) !== due.ref;
}
