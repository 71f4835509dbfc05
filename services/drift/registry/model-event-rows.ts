import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { Verdict } from '@scoreline/runtime/decision-log/verdict.ts';

/** What DateTime64(3) of ClickHouse takes as a moment; a writer's clock may say anything. */
const LATEST_MS = Date.UTC(2200, 0, 1);

/** A record of model-registry, and what became of it, as a row of `model_events_raw`. */
export function toModelEventRow(topic: string, verdict: Verdict<ModelEvent>): object {
  const { offset, timestampMs, revision, event, ignored } = verdict;
  return {
    topic,
    offset,
    published_at: toMoment(timestampMs),
    accepted: ignored === undefined,
    revision,
    ignored_code: ignored?.code ?? '',
    ignored_reason: ignored?.reason ?? '',
    event_id: event?.event_id ?? '',
    expected_revision: event?.expected_revision ?? -1,
    type: event?.type ?? 'unknown',
    model: event?.model ?? '',
    model_version: event?.version ?? '',
    alias: event?.alias ?? '',
    actor: event?.actor ?? '',
    reason: event?.reason ?? '',
    artifact_uri: event?.artifact?.uri ?? '',
    manifest_sha256: event?.artifact?.manifest_sha256 ?? '',
    evidence: event?.evidence ?? '',
    decided_at: toMoment(event?.decided_at ?? timestampMs),
  };
}

function toMoment(atMs: number): number {
  return Math.min(Math.max(atMs, 0), LATEST_MS);
}
