import type { RetrainingRequested } from '../contracts/retraining-requested.ts';
import type { ScoringAlert } from '../contracts/scoring-alert.ts';

/** A wish is of no window: its alert's window is the instant of the request. */
export const NO_WINDOW = 'PT0S';

/**
 * A request as an alert of severity info: what is wished, why, and what there is to learn from. Its value is that of the
 * strongest reason, or 1 (a request) where that has no number.
 */
export function toRequestAlert(
  request: RetrainingRequested,
  { query, runbookUrl }: { readonly query: string; readonly runbookUrl: string | null },
): Omit<ScoringAlert, 'state'> {
  const { model, model_version: version, requested_at: atMs, reasons } = request;
  const [first] = reasons;
  const measured = first === undefined || first.query === null ? undefined : first;
  const reason = first?.reason ?? 'manual';
  return {
    alert_id: [model, version, 'retraining', reason, model, '-', NO_WINDOW].join('/'),
    severity: 'info',
    signal: 'retraining',
    subject: model,
    segment: null,
    model,
    model_version: version,
    statistic: reason,
    value: measured?.value ?? 1,
    threshold: measured?.threshold ?? 1,
    p_value: null,
    sample_size: measured?.sample_size ?? 0,
    window_size: NO_WINDOW,
    window_start: atMs,
    window_end: atMs,
    revision: 0,
    message: describeRequest(request),
    query: measured?.query ?? query,
    runbook: runbookUrl && `${runbookUrl.replace(/\/$/, '')}/retraining.md`,
    episode_started_at: atMs,
    raised_at: atMs,
    silenced_by: null,
    importance: null,
    silence: null,
  };
}

/** One sentence: what is wished of which model, by whom, and everything that speaks for it. */
export function describeRequest(request: RetrainingRequested): string {
  const { model, model_version: version, mode, request_id: id, requested_by: who, reasons } = request;
  const by = who === 'policy' ? 'the policy' : who;
  const why = reasons.map(({ detail }) => detail.replace(/\.$/, '')).join('; ');
  const verb = mode === 'order' ? 'is to be' : 'should be';
  return `${model} ${verb} trained anew (${id}, by ${by}, ${version} in production): ${why}.`;
}
