import { toVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import type { Fallback } from './fallback.ts';
import type { Lead } from './name-leads.ts';
import type { Rejection } from './rejection.ts';
import type { VersionScores } from './score-version.ts';
import { labelsOf, type ScorerLabels, type ScoringMetrics } from './scoring-metrics.ts';

/** What became of a batch. */
export interface BatchScored {
  readonly batch: PartitionBatch;
  /** Production's, and those of each treatment that scored. */
  readonly versions: readonly VersionScores[];
  readonly rejections: readonly Rejection[];
}

/**
 * What is told of a batch, without its leads: it is kept until the transaction has committed, they need not be. Plain
 * values: it goes from thread to thread.
 */
export interface BatchSummary {
  readonly partition: number;
  readonly leads: number;
  readonly versions: readonly VersionSummary[];
  readonly fallbacks: readonly (Fallback & { readonly leads: number })[];
  readonly deadLetters: readonly { readonly code: string; readonly offset: number }[];
}

interface VersionSummary {
  readonly labels: ScorerLabels;
  readonly inferenceUs: number;
  /** Of each lead, from Kafka's timestamp of its event to its score. */
  readonly latenciesMs: Float64Array;
}

/** What is to be told of a batch. */
export function summariseBatch({ batch, versions, rejections }: BatchScored): BatchSummary {
  return {
    partition: batch.partition,
    leads: batch.records.length,
    // A version that had no lead took no time.
    versions: versions.filter(({ leads }) => leads.length > 0).map(summariseVersion),
    fallbacks: groupFallbacks(versions.flatMap(({ leads }) => leads)),
    deadLetters: rejections.map(({ code, record }) => ({ code, offset: record.offset })),
  };
}

/** Of a batch in pieces, one after another. */
export function joinSummaries(pieces: readonly BatchSummary[]): BatchSummary {
  return {
    partition: pieces[0]?.partition ?? -1,
    leads: pieces.reduce((sum, { leads }) => sum + leads, 0),
    versions: pieces.flatMap(({ versions }) => versions),
    fallbacks: pieces.flatMap(({ fallbacks }) => fallbacks),
    deadLetters: pieces.flatMap(({ deadLetters }) => deadLetters),
  };
}

function summariseVersion({ scorer, leads, inferenceUs, scoredAtMs }: VersionScores): VersionSummary {
  const latenciesMs = Float64Array.from(leads, ({ record }) => Math.max(0, scoredAtMs - record.timestamp));
  return { labels: { ...labelsOf(scorer.model), role: scorer.role }, inferenceUs, latenciesMs };
}

/** Tells what became of a batch: its metrics, a line for each dead letter and one for each kind of fallback. */
export function createBatchEvent(
  log: Telemetry['log'],
  metrics: ScoringMetrics,
): (summary: BatchSummary) => void {
  return ({ partition, leads, versions, fallbacks, deadLetters }) => {
    metrics.leadsIn.inc(leads);
    metrics.batchSize.observe(leads);
    for (const version of versions) countScores(metrics, version);
    for (const fallback of fallbacks) {
      const { model, version, code } = fallback;
      metrics.fallbacks.inc({ model, version, code }, fallback.leads);
      log.warn({ ...fallback, partition }, 'leads fell back to production');
    }
    for (const { code, offset } of deadLetters) {
      metrics.deadLetters.inc({ code });
      log.warn({ code, partition, offset }, 'dead letter');
    }
  };
}

function countScores(
  { scoresOut, inference, latency }: ScoringMetrics,
  { labels, latenciesMs, inferenceUs }: VersionSummary,
): void {
  scoresOut.inc(labels, latenciesMs.length);
  inference.observe(labels, inferenceUs / 1e6);
  for (const latencyMs of latenciesMs) latency.observe(latencyMs / 1e3);
}

/** A canary that is broken may fail at every lead: one line a batch and reason is enough. */
function groupFallbacks(leads: readonly Lead[]): (Fallback & { readonly leads: number })[] {
  const groups = new Map<string, Fallback & { leads: number }>();
  for (const { fallback } of leads) {
    if (fallback === null) continue;
    const { model, version, code } = fallback;
    const key = `${toVersionRef(model, version)} ${code}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...fallback, leads: 1 });
    else group.leads += 1;
  }
  return [...groups.values()];
}
