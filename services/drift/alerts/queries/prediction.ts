import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { BANDS_SUBJECT, SCORE_SUBJECT } from '../../reference-rows.ts';
import { binOfNumber } from '../../windows/sql.ts';
import { chiSquareQuery, type CountRows, countsBy, ksQuery, psiQuery } from './distributions.ts';
import type { QueryContext } from './query-context.ts';

/** How far scores, or the bands' shares, are from the reference's. */
export function predictionQuery({ statistic, subject }: DriftResult, context: QueryContext): string {
  if (subject === 'bands') return chiSquareQuery(countBands, BANDS_SUBJECT, context);
  if (statistic === 'ks') return ksQuery('toNullable(score)', SCORE_SUBJECT, context);
  const bins = context.reference?.score.bins ?? { type: 'values', values: [] };
  const counts = countsBy(binOfNumber('score', bins));
  return statistic === 'psi'
    ? psiQuery(counts, SCORE_SUBJECT, context)
    : chiSquareQuery(counts, SCORE_SUBJECT, context);
}

const countBands: CountRows = (rows) =>
  `SELECT toString(band) AS label, count() AS n FROM scores WHERE ${rows} GROUP BY label`;
