import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { BANDS_SUBJECT, SCORE_SUBJECT } from '../../reference-rows.ts';
import { binOfNumber } from '../../windows/sql.ts';
import { inWindow } from './conditions.ts';
import { chiSquareQuery, countsBy, ksQuery, psiQuery } from './distributions.ts';
import type { QueryContext } from './query-context.ts';

/** How far scores, or the bands' shares, are from the reference's. */
export function predictionQuery({ statistic, subject }: DriftResult, context: QueryContext): string {
  if (subject === 'bands') return chiSquareQuery(bandCounts(context), BANDS_SUBJECT, context);
  if (statistic === 'ks') return ksQuery('toNullable(score)', SCORE_SUBJECT, context);
  const bins = context.reference?.score.bins ?? { type: 'values', values: [] };
  const counts = countsBy(binOfNumber('score', bins), context);
  return statistic === 'psi'
    ? psiQuery(counts, SCORE_SUBJECT, context)
    : chiSquareQuery(counts, SCORE_SUBJECT, context);
}

function bandCounts(context: QueryContext): string {
  return `SELECT toString(band) AS label, count() AS n FROM scores WHERE ${inWindow(context)} GROUP BY label`;
}
