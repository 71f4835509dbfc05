import type { ReportFacts } from '../facts.ts';
import { formatCount, formatMany, formatMs, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Block, Figure, Section } from '../report.ts';
import { servedLeads } from '../served-leads.ts';

/** Leads, latency, dead letters, and how they came over time. */
export function serviceSection(facts: ReportFacts): Section {
  const { versions, overTime, service, deadLetters, cost } = facts;
  const leads = servedLeads(facts);
  const [measured] = service?.rows ?? [];
  const dead = (deadLetters?.rows ?? []).reduce((sum, { count }) => sum + count, 0);
  const figures: Figure[] = [{ label: 'leads scored', value: formatCount(leads) }];
  if (measured !== undefined && measured.leads > 0) {
    figures.push(
      { label: 'lead to score, half of them', value: formatMs(measured.p50Ms), note: 'p50' },
      { label: 'lead to score, 95 %', value: formatMs(measured.p95Ms), note: 'p95' },
      { label: 'lead to score, 99 %', value: formatMs(measured.p99Ms), note: 'p99' },
    );
  }
  if (deadLetters !== null) {
    const share = leads + dead === 0 ? '' : `${formatShare(dead / (leads + dead))} of all events`;
    figures.push({ label: 'dead letters, of all models', value: formatCount(dead), note: share });
  }
  for (const { currency, cost: spent, scored } of cost?.rows ?? []) {
    if (scored === 0) continue;
    figures.push({
      label: 'cost of 1,000 scores, of all models',
      value: `${formatNumber((1_000 * spent) / scored)} ${currency}`,
      note: `${formatNumber(spent)} ${currency} for ${formatMany(scored, 'score')}`,
    });
  }
  const queries = [versions, service, deadLetters, cost].flatMap((answer) =>
    answer === null ? [] : [answer.name],
  );
  const blocks: Block[] = [{ kind: 'figures', figures, queries }];
  if (overTime.rows.length > 1) {
    blocks.push({
      kind: 'columns',
      title: 'Leads over time',
      columns: overTime.rows.map((row) => ({
        label: formatTime(row.startMs),
        value: row.leads,
        text: formatMany(row.leads, 'lead'),
      })),
      queries: [overTime.name],
    });
  }
  if (deadLetters !== null && dead > 0) {
    blocks.push({
      kind: 'table',
      columns: ['Dead letters by code', 'Count'],
      rows: deadLetters.rows.map(({ code, count }) => [code, formatCount(count)]),
      queries: [deadLetters.name],
    });
  }
  return { title: 'Service', blocks };
}
