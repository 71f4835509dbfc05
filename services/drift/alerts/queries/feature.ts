import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { featureIndex } from './conditions.ts';
import { chiSquareQuery, countsBy, ksQuery, psiQuery } from './distributions.ts';
import type { QueryContext } from './query-context.ts';

/** How far a feature's values are from the reference's, by the result's statistic. */
export function featureQuery({ statistic, subject: name }: DriftResult, context: QueryContext): string {
  const index = featureIndex(name, context);
  if (statistic === 'ks') return ksQuery(`input_numbers[${index}]`, name, context);
  const counts = countsBy(`bins[${index}]`);
  return statistic === 'psi' ? psiQuery(counts, name, context) : chiSquareQuery(counts, name, context);
}
