import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { BANDS_SUBJECT, SCORE_SUBJECT } from '../../reference-rows.ts';
import { binOfNumber } from '../../windows/sql.ts';
import type { CountRows } from './beside-reference.ts';
import { chiSquareQuery, distributionQuery } from './distributions.ts';
import type { QueryContext } from './query-context.ts';

/** How far scores, or the bands' shares, are from the reference's. */
export function predictionQuery({ statistic, subject }: DriftResult, context: QueryContext): string {
  if (subject === 'bands') return chiSquareQuery(countBands, BANDS_SUBJECT, context);
  const distribution = context.reference?.score;
  const bin = binOfNumber('score', distribution?.bins ?? { type: 'values', values: [] });
  const compared = { subject: SCORE_SUBJECT, bin, number: 'toNullable(score)', distribution };
  return distributionQuery(statistic, compared, context);
}

const countBands: CountRows = (rows) =>
  `SELECT toString(band) AS label, count() AS n FROM scores WHERE ${rows} GROUP BY label`;
