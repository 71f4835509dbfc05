import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { RetrainingState } from '@scoreline/core/retraining/state.ts';
import { toDecisionColumns, toMoment } from './decision-columns.ts';
import type { DecisionTable } from './decision-sink.ts';

/** Wishes to train anew: what came on `retraining-requested`. */
export const RETRAINING_REQUESTS: DecisionTable<RetrainingState, RetrainingRequested> = {
  name: 'retraining_requests_raw',
  toRow(topic, verdict) {
    const { event } = verdict;
    const { reason: _detail, ...columns } = toDecisionColumns(topic, {
      ...verdict,
      event: event && toToldDecision(event),
    });
    return {
      ...columns,
      request_id: event?.request_id ?? '',
      model: event?.model ?? '',
      model_version: event?.model_version ?? '',
      reason: event?.reasons[0]?.reason ?? '',
      passed_cool_down: event?.passed_cool_down ?? false,
      cool_down_until: toMoment(event?.cool_down_until ?? 0),
      labels_from: event?.training_window?.labels_from ?? null,
      labels_to: event?.training_window?.labels_to ?? null,
      labels: event?.training_window?.labels ?? null,
      positives: event?.training_window?.positives ?? null,
      new_labels: event?.training_window?.new_labels ?? null,
    };
  },
};

/** The event in the words of every decision log. */
function toToldDecision(event: RetrainingRequested) {
  return {
    ...event,
    type: event.mode,
    actor: event.requested_by,
    reason: event.reasons[0]?.detail ?? '',
    evidence: JSON.stringify(event.reasons),
    decided_at: event.requested_at,
  };
}
