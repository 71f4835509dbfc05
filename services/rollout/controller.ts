import { type Evaluation, verdictOf } from '@scoreline/core/rollout/evaluation.ts';
import { LOOK_AT_ALL_MS, type NextAction, nextAction } from '@scoreline/core/rollout/next-action.ts';
import { activeRollout, CONTROLLER, isActive, type Rollout } from '@scoreline/core/rollout/state.ts';
import { toVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { RegistryProjection } from '@scoreline/runtime/registry/projection.ts';
import type { RolloutCommands, RolloutProjection } from '@scoreline/runtime/rollouts/rollout-log.ts';
import type { ControllerEvents } from './controller-events.ts';

export interface ControllerDeps {
  readonly rollouts: Pick<RolloutProjection, 'state' | 'untilCaughtUp'>;
  readonly registry: Pick<RegistryProjection, 'state' | 'untilCaughtUp'>;
  readonly commands: RolloutCommands;
  /** Brings a version to Production as an approver's command would, with the same checks. */
  readonly promote: (ref: VersionRef, reason: string) => Promise<Promotion>;
  /** Brings the version before back to Production. */
  readonly takeBack: (ref: VersionRef, reason: string) => Promise<Promotion>;
  /** Never throws for a measurement that can't be had: that is a check's `inconclusive`. */
  readonly measure: (rollout: Rollout, nowMs: number) => Promise<Evaluation>;
  /** Keeps an evaluation for analysts; what can't be kept is told and let go. */
  readonly record: (rollout: Rollout, evaluation: Evaluation) => Promise<void>;
  /** Whether this instance is the one that decides: the owner of the topic's partition. */
  readonly isLeader: () => boolean;
  readonly events: ControllerEvents;
  readonly nowMs: () => number;
}

export type Promotion =
  | { readonly ok: true }
  /** `retry`: it couldn't be asked, or another decision came first; otherwise a person has to look. */
  | { readonly ok: false; readonly retry: boolean; readonly message: string };

/** How long a measurement may take, beyond the plan's interval. */
const MEASURED_WITHIN_MS = 60_000;

/**
 * Drives the rollout that is active, one look a turn. Everything that it remembers is on the topic, but the newest
 * evaluation, which is made again: it may be killed at any moment, and two of them can't do harm, since of two
 * decisions made at one revision one counts.
 */
export function createController(deps: ControllerDeps): () => Promise<'done' | 'more'> {
  const evaluate = createEvaluator(deps);
  return async () => {
    if (!deps.isLeader()) return 'done';
    const rollout = activeRollout(deps.rollouts.state());
    if (rollout === null) return 'done';
    const evaluation = await evaluate(rollout);
    // What people decided meanwhile, on either log, comes first.
    await Promise.all([deps.rollouts.untilCaughtUp(), deps.registry.untilCaughtUp()]);
    const current = activeRollout(deps.rollouts.state());
    if (current === null || current.decisions.length !== rollout.decisions.length) return 'more';
    // A process that stood still, or lost its lead meanwhile, must not act on what was so before.
    const ageMs = deps.nowMs() - evaluation.atMs;
    if (ageMs > current.plan.evaluate_every_ms + MEASURED_WITHIN_MS || !deps.isLeader()) return 'more';
    const action = nextAction(current, deps.registry.state(), evaluation, deps.nowMs());
    deps.events.looked(current, action);
    return (await act(deps, current, action, evaluation)) ? 'more' : 'done';
  };
}

/** Measures anew once the plan's interval is over, and whenever the share is another one. */
function createEvaluator({ measure, record, events, nowMs }: ControllerDeps) {
  let newest:
    { readonly id: string; readonly shareSinceMs: number; readonly evaluation: Evaluation } | undefined;
  return async (rollout: Rollout): Promise<Evaluation> => {
    const { id, shareSinceMs, plan } = rollout;
    const isOfNow = newest?.id === id && newest.shareSinceMs === shareSinceMs;
    const everyMs =
      rollout.status === 'promoting'
        ? Math.min(plan.evaluate_every_ms, LOOK_AT_ALL_MS)
        : plan.evaluate_every_ms;
    if (newest !== undefined && isOfNow && nowMs() - newest.evaluation.atMs < everyMs)
      return newest.evaluation;
    const evaluation = await measure(rollout, nowMs());
    newest = { id, shareSinceMs, evaluation };
    events.evaluated(rollout, evaluation, verdictOf(evaluation));
    // Not waited for: a roll back must not stand behind an insert.
    record(rollout, evaluation).catch((error: unknown) => events.taskFailed('record', error));
    return evaluation;
  };
}

/** True where something was decided: there is more to look at. */
async function act(
  deps: ControllerDeps,
  rollout: Rollout,
  action: NextAction,
  evaluation: Evaluation,
): Promise<boolean> {
  if (action.do === 'wait') return false;
  if (action.do !== 'promote_in_registry') return decide(deps, rollout, action, evaluation);
  const promotion = await deps.promote(action.ref, `rollout ${rollout.id}: ${action.because}`);
  if (promotion.ok) return takeBackIfEnded(deps, rollout);
  if (promotion.retry) {
    deps.events.taskFailed('promote', new Error(promotion.message));
    return false;
  }
  return decide(deps, rollout, { do: 'pause', because: `not promoted: ${promotion.message}` }, evaluation);
}

/** Somebody ended the rollout while its version came to Production: what they said counts. */
async function takeBackIfEnded(deps: ControllerDeps, { id, plan }: Rollout): Promise<boolean> {
  await deps.rollouts.untilCaughtUp();
  const now = deps.rollouts.state().rollouts.get(id);
  const control = toVersionRef(plan.control.model, plan.control.version);
  if (now === undefined || isActive(now) || control === undefined) return true;
  const reason = `rollout ${id} was ${now.status.replace('_', ' ')} while its version came to Production`;
  const outcome = await deps.takeBack(control, reason);
  if (!outcome.ok) deps.events.taskFailed('take back', new Error(outcome.message));
  return true;
}

type Deciding = Exclude<NextAction, { readonly do: 'wait' | 'promote_in_registry' }>;

async function decide(
  { commands, rollouts, events }: ControllerDeps,
  { id }: Rollout,
  action: Deciding,
  evaluation: Evaluation,
): Promise<boolean> {
  const common = {
    rolloutId: id,
    actor: CONTROLLER,
    reason: action.because,
    evidence: JSON.stringify(evaluation),
    expectedRevision: rollouts.state().revision,
  };
  const result = await commands.execute(
    action.do === 'complete'
      ? { ...common, type: 'complete', registryRevision: action.registryRevision }
      : { ...common, type: action.do },
  );
  if (result.ok) return true;
  events.taskFailed(action.do, new Error(result.message));
  // Somebody else decided: look again at once. An outage is waited out.
  return result.code === 'conflict';
}
