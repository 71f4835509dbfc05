import type { RetrainingRequested } from '../contracts/retraining-requested.ts';

/**
 * Labels that the CRM recorded after this are new: the end of the training data (ISO 8601; 0 where it isn't known) or of
 * what the last request counted, whichever is later. By the CRM's clock, as labels are: a replay of old years has labels
 * of old years. No request counts past its own moment, or one outcome dated in the future would leave none new.
 */
export function labelsNewSinceMs(
  trainedUntil: string | undefined,
  latest: RetrainingRequested | undefined,
): number {
  const trainedUntilMs = Date.parse(trainedUntil ?? '');
  const countedUntilMs = Math.min(latest?.training_window?.labels_to ?? 0, latest?.requested_at ?? 0);
  return Math.max(Number.isFinite(trainedUntilMs) ? trainedUntilMs : 0, countedUntilMs);
}
