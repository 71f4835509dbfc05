import type { AlertFact, ReportFacts } from '../facts.ts';
import { formatMany, formatTime } from '../format.ts';
import type { Block, Row, Section } from '../report.ts';

/** More would be no report; the others are in `alerts`. */
const MOST_ROWS = 30;
const SEVERITIES = ['critical', 'warning', 'info'];

/** What fired and what resolved; what another alert speaks for is counted. */
export function alertsSection({ alerts }: ReportFacts): Section {
  const announced = alerts.rows.filter(({ isSilenced }) => !isSilenced);
  const silenced = alerts.rows.length - announced.length;
  const notes = silenced === 0 ? [] : [`${formatMany(silenced, 'change')} more that these alerts stand for.`];
  if (announced.length === 0) {
    return { title: 'Alerts', blocks: [{ kind: 'notes', notes: ['No alert fired or resolved.', ...notes] }] };
  }
  const sorted = announced.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.raisedAtMs - b.raisedAtMs,
  );
  const table: Block = {
    kind: 'table',
    columns: ['', 'Severity', 'When (UTC)', 'What'],
    rows: sorted.slice(0, MOST_ROWS).map(toRow),
    queries: [alerts.name],
  };
  const left = sorted.length - MOST_ROWS;
  if (left > 0) notes.push(`${formatMany(left, 'alert')} more, in the view alerts.`);
  return {
    title: 'Alerts',
    blocks: notes.length === 0 ? [table] : [table, { kind: 'notes', notes }],
  };
}

function toRow({ state, severity, raisedAtMs, message, runbook, signal }: AlertFact): Row {
  const what = runbook === null ? message : { text: message, href: runbook };
  return [state === 'firing' ? 'fired' : 'resolved', severity, formatTime(raisedAtMs), what || signal];
}
