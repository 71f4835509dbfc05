import { formatPercent } from '../gate/condition.ts';
import { toVersionRef, type VersionRef } from '../registry/version-ref.ts';
import { describeVerdict, type Evaluation, verdictOf, withoutWaived } from './evaluation.ts';
import { findLostStand, type RegistryFacts } from './stand.ts';
import { isActive, type Rollout, stepRanMs } from './state.ts';

/** With all leads the guardrails are looked at once more after so long, before the version comes to Production. */
export const LOOK_AT_ALL_MS = 5_000;

/** What is to be done about a rollout now. */
export type NextAction =
  /** A decision for the log. */
  | { readonly do: 'advance' | 'pause' | 'promote' | 'roll_back' | 'abort'; readonly because: string }
  | { readonly do: 'complete'; readonly registryRevision: number; readonly because: string }
  /** The version is to come to Production, in the model registry. */
  | { readonly do: 'promote_in_registry'; readonly ref: VersionRef; readonly because: string }
  /** Nothing: why, what comes next, and when at the earliest (null: that is up to a person). */
  | { readonly do: 'wait'; readonly because: string; readonly next: string; readonly atMs: number | null };

/**
 * The policy of rollouts: of a state, the registry and the newest evaluation (null: none yet) the one thing to do.
 * In this order: what the rollout stands on must hold; a failed guardrail rolls back, whatever else is so; a paused
 * one waits for a person; a failed signal pauses, unless a person has seen it and let it go on; then time, and then a step that was measured and good.
 */
export function nextAction(
  rollout: Rollout,
  registry: RegistryFacts,
  measured: Evaluation | null,
  nowMs: number,
): NextAction {
  if (!isActive(rollout)) return wait(`it has ended: ${rollout.status.replace('_', ' ')}`, 'nothing', null);
  const stand = checkStand(rollout, registry);
  if (stand !== undefined) return stand;
  const evaluation = measured && withoutWaived(measured, rollout.waived);
  const verdict = evaluation === null ? 'inconclusive' : verdictOf(evaluation);
  const told = evaluation === null ? 'nothing has been measured yet' : describeVerdict(evaluation);
  if (verdict === 'failure') return { do: 'roll_back', because: told };
  if (rollout.status === 'paused') {
    const why = rollout.decisions.at(-1)?.reason ?? '';
    return wait(`paused: ${why}`, 'a person resumes, promotes or aborts it', null);
  }
  if (verdict === 'doubt') return { do: 'pause', because: told };
  if (rollout.status === 'promoting') return promoteInRegistry(rollout, nowMs);
  if (rollout.plan.kind === 'ab_test')
    return wait(
      'an A/B test keeps its shares',
      'a person reads the report and stops it (scoreline experiment report | stop)',
      null,
    );
  return goOn(rollout, verdict === 'success', told, nowMs);
}

/** Undefined where what it stands on holds. */
function checkStand(rollout: Rollout, registry: RegistryFacts): NextAction | undefined {
  const { kind } = rollout.plan;
  const { production, revision } = registry;
  if (kind === 'canary' && production !== null && production === treatmentOf(rollout))
    return { do: 'complete', registryRevision: revision, because: `${production} is in Production` };
  const because = findLostStand(rollout, registry);
  return because === undefined ? undefined : { do: 'abort', because };
}

function treatmentOf({ plan: { treatments } }: Rollout): VersionRef | undefined {
  const [treatment] = treatments;
  return treatment && toVersionRef(treatment.model, treatment.version);
}

function promoteInRegistry(rollout: Rollout, nowMs: number): NextAction {
  const ref = treatmentOf(rollout);
  if (ref === undefined) return { do: 'abort', because: 'its version is no <name>@<version>' };
  const leftMs = LOOK_AT_ALL_MS - stepRanMs(rollout, nowMs);
  if (leftMs > 0)
    return wait('every lead has it: one more look at the guardrails', 'Production', nowMs + leftMs);
  return { do: 'promote_in_registry', ref, because: 'every lead has it, and it is to stay' };
}

/** A step goes on until its time is over and everything was measured and good; for so long, and then it pauses. */
function goOn(rollout: Rollout, isGood: boolean, told: string, nowMs: number): NextAction {
  const { plan, step } = rollout;
  const durationMs = plan.steps[step]?.duration_ms ?? 0;
  const ranMs = stepRanMs(rollout, nowMs);
  const following = plan.steps[step + 1];
  const next =
    following === undefined ? 'all leads, then Production' : `${formatPercent(following.share)} of the leads`;
  if (ranMs < durationMs)
    return wait(isGood ? 'the step has time to run' : told, next, nowMs + durationMs - ranMs);
  if (isGood) return { do: following === undefined ? 'promote' : 'advance', because: told };
  const leftMs = Math.max(durationMs, rollout.patientFromRanMs) + plan.patience_ms - ranMs;
  if (leftMs <= 0) return { do: 'pause', because: `inconclusive for too long: ${told}` };
  return wait(told, `${next}, as soon as every check is good; otherwise it pauses`, nowMs + leftMs);
}

function wait(because: string, next: string, atMs: number | null): NextAction {
  return { do: 'wait', because, next, atMs };
}
