import { describeVerdict, verdictOf } from '@scoreline/core/rollout/evaluation.ts';
import { activeRollout, type Rollout, type RolloutState } from '@scoreline/core/rollout/state.ts';
import type { Decider } from '../model-lifecycle/lifecycle-deps.ts';
import type { RolloutServiceDeps } from './rollout-deps.ts';
import type { RolloutCommandResult } from './rollout-log.ts';
import type { RolloutOutcome, RolloutRefused } from './rollout-outcome.ts';
import { refuse } from '../model-lifecycle/outcome.ts';
import { describeDone, describeRolloutStatus } from './words.ts';

/** What people decide about a rollout that is there. */
export type RolloutVerb = 'pause' | 'resume' | 'promote' | 'abort';

/** How often a decision that takes a version away from leads is tried again where another one came first. */
const ATTEMPTS = 5;

/**
 * Decides. Null for the id: the active rollout. A pause and an abort ask nothing but the log, and are meant whatever the
 * controller decided in the same moment: where no revision was given, they are tried again at the new one.
 */
export async function decideRollout(
  deps: RolloutServiceDeps,
  type: RolloutVerb,
  id: string | null,
  decider: Decider,
): Promise<RolloutOutcome> {
  const isInsistent = (type === 'pause' || type === 'abort') && decider.expectedRevision === undefined;
  const found = chooseRollout(deps.rollouts.state(), id);
  if (!found.ok) return found;
  const { rollout } = found;
  const { warnings, evidence, failing } = type === 'promote' ? await lookAt(deps, rollout) : NOTHING_SEEN;
  if (failing !== undefined) {
    const message = `a guardrail fails, and the controller will roll it back (${failing}): abort it, or start it anew with another limit`;
    return refuse('guardrail.failing', message);
  }
  for (let attempt = 1; ; attempt++) {
    const result = await deps.commands.execute({ type, rolloutId: rollout.id, ...evidence, ...decider });
    const isBeaten = !result.ok && result.code === 'conflict';
    if (!isBeaten || !isInsistent || attempt >= ATTEMPTS) return toOutcome(result, rollout.id, warnings);
  }
}

/** The rollout that is named, or the active one. */
export function chooseRollout(
  state: RolloutState,
  id: string | null,
): { readonly ok: true; readonly rollout: Rollout } | RolloutRefused {
  const rollout = id === null ? activeRollout(state) : state.rollouts.get(id);
  if (rollout) return { ok: true, rollout };
  if (id !== null)
    return refuse('rollout.unknown', `there is no rollout '${id}': "scoreline rollout list" has them`);
  const last = state.latest === null ? '' : ` (${state.latest.id} is ${describeRolloutStatus(state.latest)})`;
  return refuse('rollout.none', `no rollout is active${last}`);
}

const NOTHING_SEEN = { warnings: [], evidence: {}, failing: undefined };

/** Who gives a version every lead is told what speaks against it; it goes on record. */
async function lookAt({ measure, nowMs }: RolloutServiceDeps, rollout: Rollout) {
  const evaluation = await measure(rollout, nowMs());
  const verdict = verdictOf(evaluation);
  const told = describeVerdict(evaluation);
  return {
    warnings: verdict === 'doubt' || verdict === 'inconclusive' ? [WARNINGS[verdict] + told] : [],
    evidence: { evidence: JSON.stringify(evaluation) },
    failing: verdict === 'failure' ? told : undefined,
  };
}

const WARNINGS = {
  doubt: 'a signal fails, which no longer pauses it: ',
  inconclusive: 'not everything has been measured: ',
} as const;

/** A command's result in words. */
export function toOutcome(
  result: RolloutCommandResult,
  rolloutId: string,
  warnings: readonly string[],
): RolloutOutcome {
  if (!result.ok) return refuse(result.code, result.message);
  const { state, changed } = result;
  const rollout = state.rollouts.get(rolloutId);
  if (rollout === undefined) return refuse('rollout.unknown', `there is no rollout '${rolloutId}'`);
  const message = changed ? describeDone(result.event, rollout) : result.message;
  return { ok: true, changed, message, rollout, state, warnings };
}
