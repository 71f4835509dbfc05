import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import type { RolloutState } from '@scoreline/core/rollout/state.ts';
import type { Verdict } from '@scoreline/runtime/decision-log/verdict.ts';
import { toDecisionColumns } from './decision-columns.ts';
import type { DecisionTable } from './decision-sink.ts';

/** Decisions about canaries and A/B tests: what came on `rollouts`. */
export const ROLLOUT_EVENTS: DecisionTable<RolloutState, RolloutEvent> = {
  name: 'rollout_events_raw',
  toRow: (topic, verdict, state) => ({
    ...toDecisionColumns(topic, verdict),
    rollout_id: verdict.event?.rollout_id ?? '',
    plan: verdict.event?.plan ? JSON.stringify(verdict.event.plan) : '',
    step: Math.max(0, verdict.event?.step ?? 0),
    share: shareAfter(verdict, state),
    registry_revision: verdict.event?.registry_revision ?? null,
  }),
};

/** What the decision made of the share; null where it doesn't count. */
function shareAfter({ event, revision, ignored }: Verdict<RolloutEvent>, state: RolloutState): number | null {
  if (event === null || ignored !== undefined) return null;
  const decisions = state.rollouts.get(event.rollout_id)?.decisions ?? [];
  return decisions.find((decision) => decision.revision === revision)?.share ?? null;
}
