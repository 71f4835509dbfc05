import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { Report, ReportScope } from './report.ts';

/** A report as an alert of severity info: that it is there, what matters in it, and where. Its value is its leads. */
export function toReportAlert(
  { id, title, summary }: Pick<Report, 'id' | 'title' | 'summary'>,
  context: {
    readonly scope: ReportScope;
    readonly modelVersion: string;
    readonly leads: number;
    /** Where the API is for those who read alerts. */
    readonly reportsUrl: string;
    readonly query: string;
  },
): Omit<ScoringAlert, 'state'> {
  const { scope, modelVersion, leads, reportsUrl, query } = context;
  const { model, period, writtenAtMs } = scope;
  const size = period.kind === 'daily' ? 'P1D' : 'P1W';
  return {
    alert_id: [model, modelVersion, 'report', 'leads', period.kind, '-', size].join('/'),
    severity: 'info',
    signal: 'report',
    subject: period.kind,
    segment: null,
    model,
    model_version: modelVersion,
    statistic: 'leads',
    value: leads,
    threshold: 0,
    p_value: null,
    sample_size: leads,
    window_size: size,
    window_start: period.startMs,
    window_end: period.endMs,
    revision: 0,
    message: `${title}: ${summary} ${reportsUrl.replace(/\/$/, '')}/reports/${id}`,
    query,
    runbook: null,
    episode_started_at: writtenAtMs,
    raised_at: writtenAtMs,
    silenced_by: null,
    importance: null,
    silence: null,
  };
}
