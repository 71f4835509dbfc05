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
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
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
 * Decides evaluated windows in their order, each size with its own memory, a window's segments with it as one
 * decision. A window that was decided before, or that comes after a later one was, is left out: a revision never alarms.
 */
export function decideWindows(
  windows: readonly EvaluatedWindow[],
  states: ReadonlyMap<string, AlertsState>,
  context: DecideContext,
): readonly Decision[] {
  const memory = new Map(states);
  const decisions: Decision[] = [];
  for (const together of Map.groupBy(windows, ({ size, startMs }) => `${size} ${startMs}`).values()) {
    const [window] = together;
    if (window === undefined) continue;
    const before = memory.get(window.size) ?? NO_ALERTS;
    if (!isDecidable(before, window, context.policy)) continue;
    const state = together.reduce((after, part) => evolve(after, part, context.policy), before);
    memory.set(window.size, state);
    const changes = together.flatMap((part) => changesOf(part, before, context));
    const { size, clock, startMs, endMs, revision } = window;
    decisions.push({ ...context.scope, size, clock, startMs, endMs, revision, state, changes });
  }
  return decisions;
}

function changesOf(
  window: EvaluatedWindow,
  before: AlertsState,
  { scope, policy, reference, nowMs, baselinesOf }: DecideContext,
): readonly ScoringAlert[] {
  return decide(before, window, policy).map((change) =>
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
}
