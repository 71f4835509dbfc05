import type { ReportFacts } from './facts.ts';
import { formatMany, formatTime } from './format.ts';
import type { NamedQuery, Report, ReportScope, Section } from './report.ts';
import { servedLeads } from './served-leads.ts';
import { alertsSection } from './sections/alerts.ts';
import { candidatesSection, decisionsSection } from './sections/candidates.ts';
import { driftSection } from './sections/drift.ts';
import { businessSection, performanceSection } from './sections/performance.ts';
import { scoresSection } from './sections/scores.ts';
import { serviceSection } from './sections/service.ts';
import { unknownSection } from './sections/unknown.ts';

/** Makes a report of what ClickHouse answered: which sections there are, in which order, what stands in them. */
export function buildReport(facts: ReportFacts): Report {
  const sections: readonly (Section | null)[] = [
    alertsSection(facts),
    serviceSection(facts),
    scoresSection(facts),
    driftSection(facts),
    performanceSection(facts),
    businessSection(facts),
    candidatesSection(facts),
    decisionsSection(facts),
    unknownSection(facts),
  ];
  return {
    id: reportId(facts.scope),
    title: titleOf(facts.scope),
    subtitle: subtitleOf(facts.scope),
    summary: summarise(facts),
    sections: sections.filter((section) => section !== null),
    queries: listQueries(facts),
  };
}

/** `<period>-<first day>-<model>`, with `-event` at the end where it goes by event time. */
export function reportId({ model, period, clock }: ReportScope): string {
  return `${period.kind}-${period.firstDay}-${model}${clock === 'event' ? '-event' : ''}`;
}

function titleOf({ model, period }: ReportScope): string {
  const what = period.kind === 'daily' ? 'Daily report' : 'Weekly report';
  return `${what} on ${model}, ${period.kind === 'daily' ? '' : 'from '}${period.firstDay}`;
}

function subtitleOf({ period, clock, writtenAtMs }: ReportScope): string {
  const goes =
    clock === 'wall'
      ? 'what was scored, closed and fired in that time'
      : 'what happened to leads in that time (event time)';
  const span = `${formatTime(period.startMs)} to ${formatTime(period.endMs)} UTC`;
  const zone = period.timeZone === 'UTC' ? '' : `, days of ${period.timeZone}`;
  return `${span}${zone}: ${goes}. Written ${formatTime(writtenAtMs)} UTC.`;
}

function summarise(facts: ReportFacts): string {
  const leads = servedLeads(facts);
  const fired = facts.alerts.rows.filter(({ state, isSilenced }) => state === 'firing' && !isSilenced);
  const critical = fired.filter(({ severity }) => severity === 'critical').length;
  const alerts = fired.length === 0 ? 'no alert' : formatMany(fired.length, 'alert');
  const newest = facts.performance.rows.at(-1);
  const auc =
    newest === undefined || newest.auc === null
      ? ''
      : ` AUC of the newest mature leads: ${newest.auc.toFixed(3)}.`;
  const wish = facts.retraining.rows.length === 0 ? '' : ' A training was asked for.';
  const severe = critical === 0 ? '' : `, ${critical} of them critical`;
  return `${formatMany(leads, 'lead')} scored, ${alerts}${severe}.${auc}${wish}`;
}

function listQueries({ scope: _scope, ...answers }: ReportFacts): readonly NamedQuery[] {
  return Object.values(answers)
    .filter((answer) => answer !== null)
    .map(({ name, about, sql }) => ({ name, about, sql }));
}
