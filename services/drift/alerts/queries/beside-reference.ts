import { BANDS_SUBJECT } from '../../reference-rows.ts';
import { inEarlier, inWindow, ofVersion, text } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** A SELECT of `bin` (bands: `label`) and how many (`n`) of the rows of `scores` under a condition. */
export type CountRows = (rows: string) => string;

/** Rows per bin. */
export function countsBy(bin: string): CountRows {
  return (rows) => `SELECT toUInt16(${bin}) AS bin, count() AS n FROM scores WHERE ${rows} GROUP BY bin`;
}

/** Current and reference counts (n, m) side by side, over all bins but __missing__ that either side has. */
export function besideReference(counts: CountRows, subject: string, context: QueryContext): string {
  const { window, comparedWith } = context;
  const key = subject === BANDS_SUBJECT ? 'label' : 'bin';
  const earlier =
    comparedWith &&
    `
    LEFT JOIN (${counts(inEarlier(context, comparedWith))}) AS e ON r.${key} = e.${key}`;
  return `  (
    SELECT kind, r.label AS label, c.n AS n, ${earlier ? 'e.n' : 'r.count'} AS m
    FROM (SELECT bin, label, kind, count FROM reference_bins FINAL WHERE ${ofVersion(window)} AND subject = ${text(subject)} AND kind != 'missing') AS r
    LEFT JOIN (${counts(inWindow(context))}) AS c ON r.${key} = c.${key}${earlier ?? ''}
    WHERE n + m > 0
  )`;
}
