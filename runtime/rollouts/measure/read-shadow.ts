import type { ScoreBins } from '@scoreline/core/rollout/checks/check-score-drift.ts';
import type { OwnPairs } from '@scoreline/core/rollout/checks/check-shadow-disagreement.ts';
import { readParts, SAMPLED } from './sampling.ts';
import { BOUNDED, KEPT, type MeasureScope, OWN, scopeParams, SHADOW } from './scope.ts';

/** Scores of one version that are further apart aren't the same. */
const SAME_WITHIN = 1e-6;

/** What a check is made of isn't there. */
export class NothingToMeasure extends Error {}

interface BinRow {
  readonly isOwn: boolean;
  /** The shadow has come as far as the event. */
  readonly isReached: boolean;
  readonly bin: number;
  readonly count: number;
}

/**
 * The version's scores of its own leads, and its shadow scores of those that the control kept, by the bins of its
 * reference; of events that the shadow has reached, as leads of another hour may be others. Throws
 * {@link NothingToMeasure} where drift hasn't seen its package.
 */
export async function readScoreBins(scope: MeasureScope): Promise<ScoreBins> {
  const edges = await readEdges(scope);
  const rows = await scope.database.query<BinRow>(
    `SELECT isOwn, isReached, arrayCount(edge -> edge < score, {edges:Array(Float64)}) AS bin, count() AS count
    FROM
    (
      SELECT true AS isOwn, s.is_there AS isReached, c.score AS score
      FROM (SELECT source_partition, source_offset, score FROM lead_scores FINAL WHERE ${OWN} AND ${SAMPLED}) AS c
      LEFT JOIN (SELECT source_partition, source_offset, true AS is_there FROM lead_scores FINAL WHERE ${SHADOW} AND ${SAMPLED}) AS s
        ON c.source_partition = s.source_partition AND c.source_offset = s.source_offset
      UNION ALL
      SELECT false AS isOwn, true AS isReached, s.score AS score
      FROM (SELECT source_partition, source_offset, score FROM lead_scores FINAL WHERE ${SHADOW} AND ${SAMPLED}) AS s
      INNER JOIN (SELECT source_partition, source_offset FROM lead_scores FINAL WHERE ${KEPT} AND ${SAMPLED}) AS k
        ON s.source_partition = k.source_partition AND s.source_offset = k.source_offset
    )
    GROUP BY isOwn, isReached, bin
    ${BOUNDED}`,
    { ...scopeParams(scope), edges, parts: await readParts(scope, scope.fromMs) },
  );
  const binsOf = (some: readonly BinRow[]): number[] => {
    const counts = Array.from({ length: edges.length + 1 }, () => 0);
    for (const { bin, count } of some) counts[bin] = (counts[bin] ?? 0) + count;
    return counts;
  };
  const kept = rows.filter(({ isOwn }) => !isOwn);
  // Without a shadow there is nothing to compare with, which is to be told of all leads.
  const own = rows.filter(({ isOwn, isReached }) => isOwn && (isReached || kept.length === 0));
  return { canary: binsOf(own), shadow: binsOf(kept) };
}

/** Upper ends of the bins; of a score with few values, each value is one. */
async function readEdges({ database, treatment }: MeasureScope): Promise<number[]> {
  const rows = await database.query<{ edge: number }>(
    `SELECT assumeNotNull(coalesce(upper_edge, toFloat64OrNull(label))) AS edge FROM reference_bins FINAL
    WHERE model = {model:String} AND model_version = {version:String} AND subject = '(score)' AND kind = 'ordinary'
      AND coalesce(upper_edge, toFloat64OrNull(label)) IS NOT NULL
    ORDER BY edge`,
    { model: treatment.model, version: treatment.version },
  );
  if (rows.length > 0) return rows.map(({ edge }) => edge);
  const ref = `${treatment.model}@${treatment.version}`;
  throw new NothingToMeasure(
    `ClickHouse has no reference of ${ref} yet: drift writes it with its first scores`,
  );
}

/**
 * Events of the window that the version scored both as the canary and in the shadow. A shadow that isn't there yet, or
 * that gave the event up, makes no pair: its lag must not look like disagreement.
 */
export async function readOwnPairs(scope: MeasureScope): Promise<OwnPairs> {
  const [counts] = await scope.database.query<OwnPairs>(
    `SELECT count() AS scored, countIf(s.is_there) AS pairs,
      countIf(s.is_there AND abs(c.score - s.score) > ${SAME_WITHIN}) AS different
    FROM (SELECT source_partition, source_offset, score FROM lead_scores FINAL WHERE ${OWN} AND ${SAMPLED}) AS c
    LEFT JOIN (SELECT source_partition, source_offset, score, true AS is_there FROM lead_scores FINAL WHERE ${SHADOW} AND ${SAMPLED}) AS s
      ON c.source_partition = s.source_partition AND c.source_offset = s.source_offset
    ${BOUNDED}`,
    { ...scopeParams(scope), parts: await readParts(scope, scope.fromMs) },
  );
  return counts ?? { scored: 0, pairs: 0, different: 0 };
}
