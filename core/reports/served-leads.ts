import type { ReportFacts } from './facts.ts';

/** Leads that production and canaries scored. */
export function servedLeads({ versions }: Pick<ReportFacts, 'versions'>): number {
  const served = versions.rows.filter(({ role }) => role !== 'shadow');
  return served.reduce((sum, { leads }) => sum + leads, 0);
}
