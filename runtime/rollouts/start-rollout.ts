import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { decide } from '@scoreline/core/rollout/decide.ts';
import type { RolloutState } from '@scoreline/core/rollout/state.ts';
import type { Decider } from '../model-lifecycle/lifecycle-deps.ts';
import { toOutcome } from './decide-rollout.ts';
import type { RolloutServiceDeps } from './rollout-deps.ts';
import type { RolloutOutcome, RolloutRefused } from './rollout-outcome.ts';
import { refuse } from '../model-lifecycle/outcome.ts';
import { nameRollout, planOf, standardPolicy, type StartRequest, versionsOf } from './start-request.ts';

/** Of all leads: below it there is no control to speak of. Above the rounding of shares that were given as decimals. */
const LEAST_SHARE = 0.001;

/**
 * 1. the request is one, and no rollout is active: asked before anything is downloaded;
 * 2. each version may be given real leads ({@link ModelLifecycle.admit});
 * 3. the plan, by the policy of the (first) version's package;
 * 4. the decision, at the revision of the rollouts that was looked at in 1.
 */
export async function startRollout(
  deps: RolloutServiceDeps,
  request: StartRequest,
  decider: Decider,
  { rollouts, registry }: { readonly rollouts: RolloutState; readonly registry: RegistryState },
): Promise<RolloutOutcome> {
  const rolloutId = nameRollout(request, deps.nowMs(), (id) => rollouts.rollouts.has(id));
  const start = (policy: CompletePolicy) => toStart(request, registry, policy, { rolloutId, ...decider });
  const outlook = start(standardPolicy());
  if ('ok' in outlook) return outlook;
  const judged = decide(rollouts, outlook, { nowMs: 0, eventId: '' });
  if (!judged.ok) return refuse(judged.code, judged.message);
  const admitted = await admitAll(deps, request);
  if (!admitted.ok) return admitted;
  const command = start(admitted.policy);
  if ('ok' in command) return command;
  const result = await deps.commands.execute({ expectedRevision: rollouts.revision, ...command });
  return toOutcome(result, rolloutId, admitted.warnings);
}

function toStart(
  request: StartRequest,
  { production, revision }: RegistryState,
  policy: CompletePolicy,
  common: Decider & { readonly rolloutId: string },
) {
  if (production === null) {
    const message =
      'nothing is in Production to compare with: promote a first version (scoreline model promote)';
    return refuse('production.missing', message);
  }
  if (leavesNothing(request)) {
    const message = `the arms take all leads: leave some to ${production}, which they are compared with`;
    return refuse('event.invalid', message);
  }
  const plan = planOf(request, production, policy);
  if (plan !== undefined) return { type: 'start', plan, registryRevision: revision, ...common } as const;
  return refuse('event.invalid', 'a step lasts an ISO 8601 duration of one unit, e.g. PT30M, PT6H, P1D');
}

function leavesNothing(request: StartRequest): boolean {
  return (
    request.kind === 'ab_test' && request.arms.reduce((sum, { share }) => sum + share, 0) >= 1 - LEAST_SHARE
  );
}

/** The first version's policy: an A/B test has one, and its arms are as a rule versions of one model. */
async function admitAll(
  { lifecycle }: RolloutServiceDeps,
  request: StartRequest,
): Promise<
  | { readonly ok: true; readonly policy: CompletePolicy; readonly warnings: readonly string[] }
  | RolloutRefused
> {
  const warnings = new Set<string>();
  let policy: CompletePolicy | undefined;
  for (const ref of versionsOf(request)) {
    const verdict = await lifecycle.admit(ref);
    if (!verdict.ok) return verdict;
    policy ??= verdict.pkg.policy;
    for (const warning of verdict.warnings) warnings.add(warning);
  }
  return { ok: true, policy: policy ?? standardPolicy(), warnings: [...warnings] };
}
