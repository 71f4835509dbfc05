import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import { createSheet, type LeadEncoder, type Sheet } from './encode-leads.ts';
import type { Lead } from './name-leads.ts';
import type { Scorer, ScoreWriter, WrittenScores } from './write-scores.ts';

/** What one version made of its leads. */
export interface VersionScores extends WrittenScores {
  readonly scorer: Scorer;
  /** Of one inference of all that it could encode. */
  readonly inferenceUs: number;
  readonly scoredAtMs: number;
}

/** Scores leads with one version, in one inference. Throws what its inference throws. */
export type VersionScorer = (
  source: PartitionBatch,
  leads: readonly Lead[],
  scorer: Scorer,
) => Promise<VersionScores>;

/** Leads to rows, rows to scores, scores to records; what can't be is set aside with its reason. */
export function createVersionScorer(
  encodeLeads: LeadEncoder,
  writeScores: ScoreWriter,
  nowMs: () => number,
): VersionScorer {
  // Of scorings that are not under way: as many as ever were at once.
  const sheets: Sheet[] = [];
  const scoreOn = async (
    sheet: Sheet,
    source: PartitionBatch,
    assigned: readonly Lead[],
    scorer: Scorer,
  ): Promise<VersionScores> => {
    const encoded = encodeLeads(assigned, scorer.model, sheet);
    const { matrix, leads } = encoded;
    const scores = new Float64Array(leads.length);
    const { inferenceUs } = await scorer.model.score(matrix, leads.length, scores);
    const scoredAtMs = nowMs();
    const { unscored, ...written } = writeScores(
      { source, encoded, scores, inferenceUs, scoredAtMs },
      scorer,
    );
    return { ...written, scorer, unscored: [...encoded.unscored, ...unscored], inferenceUs, scoredAtMs };
  };
  return async (source, assigned, scorer) => {
    const sheet = sheets.pop() ?? createSheet();
    try {
      return await scoreOn(sheet, source, assigned, scorer);
    } finally {
      sheets.push(sheet);
    }
  };
}
