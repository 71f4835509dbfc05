import {
  type AlertsState,
  decide,
  type EvaluatedWindow,
  evolve,
  isDecidable,
  NO_ALERTS,
  type WindowIdentity,
} from '@scoreline/core/alerts/decide.ts';
import { toScoringAlert } from '@scoreline/core/alerts/record.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Scope } from '../streams.ts';
import { alertQuery } from './alert-query.ts';
import type { Baselines } from './queries/query-context.ts';
import type { Decision } from './decisions.ts';

export interface DecideContext {
  readonly scope: Scope;
  readonly policy: CompletePolicy;
  readonly reference: Reference | undefined;
  readonly nowMs: number;
  /** Of cohorts: what each was compared with. */
  readonly baselinesOf?: (window: WindowIdentity) => Baselines | undefined;
}

/**
 * Decides evaluated windows in their order, each size with its own memory. A window that was decided before, or
 * that comes after a later one was, is left out: a revision never alarms.
 */
export function decideWindows(
  windows: readonly EvaluatedWindow[],
  states: ReadonlyMap<string, AlertsState>,
  context: DecideContext,
): readonly Decision[] {
  const memory = new Map(states);
  const decisions: Decision[] = [];
  for (const window of windows) {
    const before = memory.get(window.size) ?? NO_ALERTS;
    if (!isDecidable(before, window, context.policy)) continue;
    const state = evolve(before, window, context.policy);
    memory.set(window.size, state);
    decisions.push(toDecision(window, before, state, context));
  }
  return decisions;
}

function toDecision(
  window: EvaluatedWindow,
  before: AlertsState,
  state: AlertsState,
  { scope, policy, reference, nowMs, baselinesOf }: DecideContext,
): Decision {
  const changes = decide(before, window, policy).map((change) =>
    toScoringAlert(change, {
      query: alertQuery(change.result, {
        window,
        role: scope.role,
        reference,
        policy,
        baselines: baselinesOf?.(window),
      }),
      raisedAtMs: nowMs,
      runbookUrl: policy.alerts.runbookUrl,
    }),
  );
  const { size, clock, startMs, endMs, revision } = window;
  return { ...scope, size, clock, startMs, endMs, revision, state, changes };
}
