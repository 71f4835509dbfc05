import type { Answer, ReportFacts, ShareFact } from '../facts.ts';
import { formatCount, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Block, Section } from '../report.ts';

/** Who scored, and how scores and bands are spread beside the reference. */
export function scoresSection({ versions, bands, scores }: ReportFacts): Section | null {
  if (versions.rows.length === 0) return null;
  const table: Block = {
    kind: 'table',
    columns: ['Version', 'Role', 'Leads', 'Mean score', 'Events from', 'to'],
    rows: versions.rows.map(({ version, role, leads, meanScore, firstEventMs, lastEventMs }) => [
      version,
      role,
      formatCount(leads),
      formatNumber(meanScore),
      formatTime(firstEventMs),
      formatTime(lastEventMs),
    ]),
    queries: [versions.name],
  };
  const charts = [compare('Bands', bands), compare('Scores, by the bins of the reference', scores)];
  return { title: 'Scores', blocks: [table, ...charts.filter((chart) => chart !== null)] };
}

/** Shares beside those of the reference; null where there is neither or no reference. */
function compare(title: string, { name, rows }: Answer<ShareFact>): Block | null {
  const leads = rows.reduce((sum, row) => sum + row.leads, 0);
  const reference = rows.reduce((sum, row) => sum + row.reference, 0);
  if (leads === 0 || reference === 0) return null;
  return {
    kind: 'bars',
    title,
    legend: { value: 'now', beside: 'reference' },
    mark: null,
    bars: rows.map((row) => ({
      label: row.label,
      value: row.leads / leads,
      beside: row.reference / reference,
      text: `${formatShare(row.leads / leads)}, reference ${formatShare(row.reference / reference)}`,
    })),
    queries: [name],
  };
}
