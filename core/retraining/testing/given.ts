import type { RetrainingRequested } from '../../contracts/retraining-requested.ts';
import { completeRetraining } from '../../policy/retraining-defaults.ts';
import type { RetrainingCommand, RetrainingRefusalCode } from '../command.ts';
import { decide } from '../decide.ts';
import { evolve } from '../evolve.ts';
import type { RetrainingFacts } from '../facts.ts';
import { NO_REQUESTS, POLICY, type RetrainingState } from '../state.ts';
import type { NamedReason, ReasonName } from '../strength.ts';

export const DAY_MS = 86_400_000;

/** The policy's section with nothing but defaults. */
export const DEFAULT_RETRAINING = completeRetraining({}, []);

/** A version of which nothing is known but that it serves, since day 0. */
export const QUIET_FACTS: RetrainingFacts = {
  servingSinceMs: 0,
  trainedAuc: null,
  drifted: [],
  cohort: null,
  newLabels: null,
  criticalAlerts: [],
};

export function reasonOf(reason: ReasonName): NamedReason {
  const nothing = { value: null, threshold: null, sample_size: null, window_start: null, window_end: null };
  return { reason, detail: reason, query: null, ...nothing };
}

/** A wish by the policy for these reasons. */
export function wish(
  reasons: readonly ReasonName[],
  more: Partial<RetrainingCommand> = {},
): RetrainingCommand {
  return {
    model: 'bank-leads',
    modelVersion: '1.0.0',
    mode: 'suggestion',
    reasons: reasons.map(reasonOf),
    requestedBy: POLICY,
    coolDownMs: 7 * DAY_MS,
    trainingWindow: null,
    ...more,
  };
}

/** What has been asked for by the end of a day, and what was not. */
export interface Story {
  readonly state: RetrainingState;
  readonly events: readonly RetrainingRequested[];
  readonly refusals: readonly RetrainingRefusalCode[];
}

/** Wishes on days, one after the other, each decided on what the ones before have come to. */
export function tell(...wishes: readonly (readonly [day: number, command: RetrainingCommand])[]): Story {
  let state = NO_REQUESTS;
  const events: RetrainingRequested[] = [];
  const refusals: RetrainingRefusalCode[] = [];
  for (const [day, command] of wishes) {
    const decision = decide(state, command, { nowMs: day * DAY_MS, eventId: `event-${day}` });
    if (!decision.ok) refusals.push(decision.code);
    else if (decision.event !== null) {
      ({ state } = evolve(state, decision.event));
      events.push(decision.event);
    }
  }
  return { state, events, refusals };
}
