import type { Database } from '../clickhouse/database.ts';
import type { WrittenReport } from './write-report.ts';

/** A stored report as a list shows it. */
export interface StoredReport {
  readonly id: string;
  readonly period: string;
  readonly clock: string;
  readonly model: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly title: string;
  readonly summary: string;
  readonly leads: number;
  readonly created_at: string;
}

const LISTED = ['starts_at', 'ends_at', 'created_at'].map((column) => `${toIso(column)} AS ${column}`);

/** Stores a report; written again it replaces itself. */
export async function storeReport(database: Database, written: WrittenReport): Promise<void> {
  const { report, scope, leads, markdown, html } = written;
  const { id, title, summary } = report;
  await database.insert('reports_raw', [
    {
      id,
      period: scope.period.kind,
      clock: scope.clock,
      model: scope.model,
      starts_at: scope.period.startMs,
      ends_at: scope.period.endMs,
      title,
      summary,
      leads,
      markdown,
      html,
    },
  ]);
}

/** Reports, the newest time first. */
export function listReports(
  database: Pick<Database, 'query'>,
  filter: { readonly model: string | null; readonly period: string | null; readonly limit: number },
): Promise<StoredReport[]> {
  return database.query<StoredReport>(
    `SELECT id, period, clock, model, title, summary, leads, ${LISTED.join(', ')}
    FROM reports AS r
    WHERE ({model:String} = '' OR model = {model:String}) AND ({period:String} = '' OR period = {period:String})
    ORDER BY r.ends_at DESC, period, model, id
    LIMIT {limit:UInt32}`,
    { model: filter.model ?? '', period: filter.period ?? '', limit: filter.limit },
  );
}

/** A whole report; undefined where there is none with this id. */
export async function findReport(
  database: Pick<Database, 'query'>,
  id: string,
): Promise<(StoredReport & { readonly markdown: string; readonly html: string }) | undefined> {
  const [report] = await database.query<StoredReport & { markdown: string; html: string }>(
    `SELECT id, period, clock, model, title, summary, leads, markdown, html, ${LISTED.join(', ')}
    FROM reports AS r
    WHERE id = {id:String}`,
    { id },
  );
  return report;
}

function toIso(column: string): string {
  return `formatDateTime(r.${column}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')`;
}
