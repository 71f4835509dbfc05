import type { DriftResult } from '@scoreline/core/drift/result.ts';
import { featureIndex, inEarlier, inWindow, ofVersion, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Share of rows without the feature against the reference's, the absolute difference. */
export function missingRateQuery({ subject }: DriftResult, context: QueryContext): string {
  const { window, comparedWith } = context;
  const bin = `bins[${featureIndex(subject, context)}]`;
  const ofBins = `FROM reference_bins FINAL WHERE ${ofVersion(window)} AND subject = ${text(subject)}`;
  const share = `countIf(${bin} = (SELECT bin ${ofBins} AND kind = 'missing')) / count()`;
  const reference = comparedWith
    ? `SELECT ${share} FROM scores WHERE ${inEarlier(context, comparedWith)}`
    : `SELECT sumIf(count, kind = 'missing') / sum(count) ${ofBins}`;
  return `SELECT abs(${share}
  - (${reference})) AS value
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
