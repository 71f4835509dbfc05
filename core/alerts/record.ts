import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import type { AlertChange } from './decide.ts';
import { describeChange } from './message.ts';

/** What a record has beside the change itself. */
export interface RecordContext {
  /** ClickHouse SQL that re-derives the value. */
  readonly query: string;
  /** Wall clock. */
  readonly raisedAtMs: number;
  /** The policy's `runbookUrl`; the runbook is `<url>/<signal>.md`. */
  readonly runbookUrl: string | null;
}

/** What `silenced_by` says of an alert that fired again within its cool-down. */
export const COOL_DOWN = 'cool-down';

/** A change of an alert's state as it goes to `scoring-alerts`, its key being `alert_id`. */
export function toScoringAlert(change: AlertChange, context: RecordContext): ScoringAlert {
  const { result, window } = change;
  return {
    alert_id: change.alertId,
    state: change.kind === 'resolved' ? 'resolved' : 'firing',
    severity: change.severity,
    signal: result.signal,
    subject: result.subject,
    segment: window.segment,
    model: window.model,
    model_version: window.modelVersion,
    statistic: result.statistic,
    value: result.value,
    threshold: result.threshold,
    p_value: result.adjustedPValue,
    sample_size: result.sampleSize,
    window_size: window.size,
    window_start: window.startMs,
    window_end: window.endMs,
    revision: window.revision,
    message: describeChange(change),
    query: context.query,
    runbook: context.runbookUrl && `${context.runbookUrl.replace(/\/$/, '')}/${result.signal}.md`,
    episode_started_at: change.episodeStartedAtMs,
    raised_at: context.raisedAtMs,
    silenced_by: change.isCooling ? COOL_DOWN : null,
    importance: result.importance,
    silence: null,
  };
}
