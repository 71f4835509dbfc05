import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { featureIndex, inWindow, ofVersion, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Share of rows without the feature against the reference's, the absolute difference. */
export function missingRateQuery({ subject }: DriftResult, context: QueryContext): string {
  const bin = `bins[${featureIndex(subject, context)}]`;
  const missing = `(SELECT bin FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)} AND kind = 'missing')`;
  return `SELECT abs(countIf(${bin} = ${missing}) / count()
  - (SELECT sumIf(count, kind = 'missing') / sum(count) FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)})) AS value
FROM scores
WHERE ${inWindow(context)}`;
}

/** Share of values, missing ones left out, that the reference never saw. */
export function newCategoryQuery({ subject }: DriftResult, context: QueryContext): string {
  const bin = `bins[${featureIndex(subject, context)}]`;
  const other = `(SELECT bin FROM reference_bins FINAL WHERE ${ofVersion(context.window)} AND subject = ${text(subject)} AND kind = 'other')`;
  return `SELECT countIf(${bin} = ${other}) / greatest(1, countIf(${bin} <= ${other})) AS value
FROM scores
WHERE ${inWindow(context)}`;
}
