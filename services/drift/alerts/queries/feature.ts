import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { featureIndex } from './conditions.ts';
import { distributionQuery } from './distributions.ts';
import { jointQuery } from './joint.ts';
import { overallQuery } from './overall.ts';
import type { QueryContext } from './query-context.ts';

/** How far a feature's values, or all features together, are from the reference's, by the result's statistic. */
export function featureQuery({ statistic, subject }: DriftResult, context: QueryContext): string {
  if (statistic === 'weighted_share') return overallQuery(context);
  if (statistic === 'mahalanobis') return jointQuery(context);
  const index = featureIndex(subject, context);
  const distribution = context.reference?.features[index - 1];
  const compared = { subject, bin: `bins[${index}]`, number: `input_numbers[${index}]`, distribution };
  return distributionQuery(statistic, compared, context);
}
