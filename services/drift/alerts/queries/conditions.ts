import type { WindowIdentity } from '@scoreline/core/alerts/decide.ts';
import { locateSegment } from '@scoreline/core/drift/segments.ts';
import type { ComparedWindows } from '@scoreline/core/drift/compared-windows.ts';
import { rangesOf } from '../../windows/plan.ts';
import { text, time } from '@scoreline/runtime/clickhouse/literals.ts';
import { segmentOf } from '../../streams.ts';
import type { QueryContext } from './query-context.ts';

export { text, time };

/** Rows of `scores` in an event-time window of the version and role that the context names. */
export function inWindow(context: QueryContext): string {
  const { window } = context;
  return `${ofPart(context)} AND event_time >= ${time(window.startMs)} AND event_time < ${time(window.endMs)}`;
}

/** Rows of `scores` in the earlier windows that the window is compared with; neighbours are one stretch of time. */
export function inEarlier(context: QueryContext, { counted }: ComparedWindows): string {
  const stretches = rangesOf(counted).map(
    ({ fromMs, toMs }) => `event_time >= ${time(fromMs)} AND event_time < ${time(toMs)}`,
  );
  return `${ofPart(context)} AND (${stretches.join(' OR ') || '0'})`;
}

/** Rows of the version and role, of a segment those that have its level. */
function ofPart({ window, role, reference }: QueryContext): string {
  const place = reference && window.segment !== null ? locateSegment(reference, window.segment) : undefined;
  const ofSegment = place && ` AND bins[${place.feature + 1}] = ${place.bin}`;
  return `${ofVersion(window)} AND role = ${text(role)}${ofSegment ?? ''}`;
}

/** Rows of `scores` that the version served in a wall-clock window. */
export function servedIn(window: WindowIdentity): string {
  return `${ofVersion(window)} AND role = 'production' AND ${scoredIn(window)}`;
}

/** Rows scored in a wall-clock window, whatever the version. */
export function scoredIn(window: WindowIdentity): string {
  return `scored_at >= ${time(window.startMs)} AND scored_at < ${time(window.endMs)}`;
}

/** Rows of the window's model version. */
export function ofVersion({ model, modelVersion }: WindowIdentity): string {
  return `model = ${text(model)} AND model_version = ${text(modelVersion)}`;
}

/** The stored results of the window, as what follows FROM: all leads' view, or the segments'. */
export function resultsOf({ window, role }: QueryContext): string {
  const ofWindow = `${ofVersion(window)} AND role = ${text(role === 'pairs' ? 'shadow' : role)} AND window_size = ${text(window.size)} AND window_start = ${time(window.startMs)}`;
  const { segment } = window;
  if (segment === null || segment === segmentOf(role)) return `drift_results WHERE ${ofWindow}`;
  return `segment_drift_results WHERE ${ofWindow} AND segment = ${text(segment)}`;
}

/** Position in `bins` and `input_numbers`, which count from 1. */
export function featureIndex(name: string, { reference }: QueryContext): number {
  return (reference?.features.findIndex((feature) => feature.name === name) ?? -1) + 1;
}
