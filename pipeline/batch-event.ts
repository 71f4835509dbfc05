import { toVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import type { Fallback } from './fallback.ts';
import type { Rejection } from './rejection.ts';
import type { VersionScores } from './score-version.ts';
import { labelsOf, type ScoringMetrics } from './scoring-metrics.ts';
import type { WrittenScore } from './write-scores.ts';

/** What became of a batch. */
export interface BatchScored {
  readonly batch: PartitionBatch;
  /** Production's, and those of each treatment that scored. */
  readonly versions: readonly VersionScores[];
  readonly rejections: readonly Rejection[];
}

/** Tells what became of a batch: its metrics, a line for each dead letter and one for each kind of fallback. */
export function createBatchEvent(
  log: Telemetry['log'],
  metrics: ScoringMetrics,
): (fact: BatchScored) => void {
  return ({ batch: { partition, records }, versions, rejections }) => {
    metrics.leadsIn.inc(records.length);
    metrics.batchSize.observe(records.length);
    for (const version of versions) countScores(metrics, version);
    for (const fallback of groupFallbacks(versions.flatMap(({ written }) => written))) {
      const { model, version, code, leads } = fallback;
      metrics.fallbacks.inc({ model, version, code }, leads);
      log.warn({ ...fallback, partition }, 'leads fell back to production');
    }
    for (const { code, record } of rejections) {
      metrics.deadLetters.inc({ code });
      log.warn({ code, partition, offset: record.offset }, 'dead letter');
    }
  };
}

function countScores(
  { scoresOut, inference, latency }: ScoringMetrics,
  { scorer, written, inferenceUs, scoredAtMs }: VersionScores,
): void {
  // A version that had no lead took no time.
  if (written.length === 0) return;
  const labels = { ...labelsOf(scorer.model), role: scorer.role };
  scoresOut.inc(labels, written.length);
  inference.observe(labels, inferenceUs / 1e6);
  for (const { lead } of written) latency.observe(Math.max(0, scoredAtMs - lead.record.timestamp) / 1e3);
}

/** A canary that is broken may fail at every lead: one line a batch and reason is enough. */
function groupFallbacks(written: readonly WrittenScore[]): Iterable<Fallback & { readonly leads: number }> {
  const groups = new Map<string, Fallback & { leads: number }>();
  for (const { lead } of written) {
    if (lead.fallback === null) continue;
    const { model, version, code } = lead.fallback;
    const key = `${toVersionRef(model, version)} ${code}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...lead.fallback, leads: 1 });
    else group.leads += 1;
  }
  return groups.values();
}
