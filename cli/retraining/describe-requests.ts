import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import { formatShare } from '@scoreline/core/drift/share.ts';

/** Requests for a person, in the order given: who wished what when, everything that speaks for it, and until when no other. */
export function describeRequests(requests: readonly RetrainingRequested[]): string[] {
  if (requests.length === 0) return ['no training has been asked for'];
  return requests.flatMap((request) => [headOf(request), ...reasonsOf(request), labelsOf(request)]);
}

function headOf(request: RetrainingRequested): string {
  const { request_id: id, mode, model, model_version: version, requested_by: who } = request;
  const passed = request.passed_cool_down ? ', past the cool-down of the one before' : '';
  return `${id}  ${toMinute(request.requested_at)}  ${mode} by ${who}: ${model}@${version}, no other before ${toMinute(request.cool_down_until)}${passed}`;
}

function reasonsOf({ reasons }: RetrainingRequested): string[] {
  const width = Math.max(...reasons.map(({ reason }) => reason.length));
  return reasons.map(({ reason, detail }) => `  ${reason.padEnd(width)}  ${detail}`);
}

function labelsOf({ training_window: window }: RetrainingRequested): string {
  if (window === null) return '  labels: not known';
  const { labels, positives, new_labels: fresh, labels_from: fromMs, labels_to: toMs } = window;
  const share = labels === 0 ? '' : ` (${formatShare(positives / labels)} converted)`;
  return `  labels: ${labels}${share}, ${fresh} of them new, recorded from ${toDay(fromMs)} to ${toDay(toMs)}`;
}

function toMinute(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}

function toDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
