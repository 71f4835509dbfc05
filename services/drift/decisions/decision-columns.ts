import type { DecisionEvent } from '@scoreline/core/decisions/decision.ts';
import type { Verdict } from '@scoreline/runtime/decision-log/verdict.ts';

/** What events of every decision log say of themselves. */
interface ToldDecision extends DecisionEvent {
  readonly type: string;
  readonly actor: string;
  readonly reason: string;
  readonly evidence: string | null;
  readonly decided_at: number;
}

/** What DateTime64(3) of ClickHouse takes as a moment; a writer's clock may say anything. */
const LATEST_MS = Date.UTC(2200, 0, 1);

/** The columns that the tables of all decision logs have. */
export function toDecisionColumns(topic: string, verdict: Verdict<ToldDecision>) {
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
    actor: event?.actor ?? '',
    reason: event?.reason ?? '',
    evidence: event?.evidence ?? '',
    decided_at: toMoment(event?.decided_at ?? timestampMs),
  };
}

/** A moment as ClickHouse can hold it. */
export function toMoment(atMs: number): number {
  return Math.min(Math.max(atMs, 0), LATEST_MS);
}
