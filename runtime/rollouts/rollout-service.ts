import type { ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { Rollout, RolloutState } from '@scoreline/core/rollout/state.ts';
import { RegistryUnavailable } from '../avro/registry.ts';
import { ClickHouseUnavailable } from '../clickhouse/database.ts';
import { EventLogBehind } from '../kafka/event-log.ts';
import type { Decider } from '../model-lifecycle/lifecycle-deps.ts';
import { chooseRollout, decideRollout, type RolloutVerb } from './decide-rollout.ts';
import type { RolloutServiceDeps } from './rollout-deps.ts';
import type { RolloutOutcome, RolloutRefused } from './rollout-outcome.ts';
import { refuse } from '../model-lifecycle/outcome.ts';
import { type RolloutStanding, standingOf } from './standing.ts';
import type { StartRequest } from './start-request.ts';
import { startRollout } from './start-rollout.ts';
import { NO_CONTROLLER } from './words.ts';

/** Canaries and A/B tests as people decide on them and look at them, for the command line and for HTTP alike. */
export interface RolloutService {
  /**
   * Starts a canary or an A/B test against the version in Production. A version needs what Production needs: Staging,
   * an approval, a package that can be had, loads and fits the leads.
   */
  start(request: StartRequest, decider: Decider): Promise<RolloutOutcome>;
  /** Decides on a rollout; null: the active one. Needs no controller, and an abort nothing but the log. */
  decide(verb: RolloutVerb, id: string | null, decider: Decider): Promise<RolloutOutcome>;
  /** Ends an A/B test: production scores every lead again. Null: the active one. */
  stopExperiment(id: string | null, decider: Decider): Promise<RolloutOutcome>;
  /** The rollouts, read to their end. Throws EventLogBehind. */
  state(): Promise<RolloutState>;
  /** How a rollout stands, measured now; null: the active one, or else the newest. */
  status(
    id: string | null,
  ): Promise<{ readonly ok: true; readonly standing: RolloutStanding } | RolloutRefused>;
  /** What an A/B test says; null: the newest. */
  report(
    id: string | null,
  ): Promise<
    { readonly ok: true; readonly rollout: Rollout; readonly report: ExperimentReport } | RolloutRefused
  >;
}

export function createRolloutService(deps: RolloutServiceDeps): RolloutService {
  const state = async (): Promise<RolloutState> => {
    await deps.rollouts.untilCaughtUp();
    return deps.rollouts.state();
  };
  const states = async () => {
    const [rollouts, registry] = await Promise.all([state(), deps.lifecycle.state()]);
    return { rollouts, registry };
  };
  return {
    state,
    start: (request, decider) =>
      tellOutage(async () => warnIfAlone(deps, await startRollout(deps, request, decider, await states()))),
    decide: (verb, id, decider) =>
      tellOutage(async () => {
        await state();
        const outcome = await decideRollout(deps, verb, id, decider);
        return verb === 'abort' ? outcome : warnIfAlone(deps, outcome);
      }),
    stopExperiment: (id, decider) =>
      tellOutage(async () => {
        const found = chooseExperiment(await state(), id, 'scoreline rollout abort');
        return found.ok ? decideRollout(deps, 'abort', found.rollout.id, decider) : found;
      }),
    status: (id) =>
      tellOutage(async () => {
        const both = await states();
        const found = chooseRollout(both.rollouts, id ?? both.rollouts.latest?.id ?? null);
        if (!found.ok) return found;
        return { ok: true, standing: await standingOf(deps, found.rollout, both) } as const;
      }),
    report: (id) =>
      tellOutage(async () => {
        const found = chooseExperiment(await state(), id, 'scoreline rollout status');
        if (!found.ok) return found;
        const { rollout } = found;
        return { ok: true, rollout, report: await deps.readExperiment(rollout, deps.nowMs()) } as const;
      }),
  };
}

/** The A/B test that is named, or the newest; a canary isn't one, and `instead` does the same for it. */
function chooseExperiment(state: RolloutState, id: string | null, instead: string) {
  const newest = [...state.rollouts.values()].findLast(({ plan }) => plan.kind === 'ab_test');
  if (id === null && newest === undefined)
    return refuse('rollout.none', 'there is no A/B test: scoreline experiment start');
  const found = chooseRollout(state, id ?? newest?.id ?? null);
  if (!found.ok || found.rollout.plan.kind === 'ab_test') return found;
  return refuse('rollout.other_kind', `${found.rollout.id} is a canary: ${instead}`);
}

/** A decision that wants somebody to carry it on says so where there is nobody. */
async function warnIfAlone(
  { probeController }: RolloutServiceDeps,
  outcome: RolloutOutcome,
): Promise<RolloutOutcome> {
  if (!outcome.ok || !outcome.changed) return outcome;
  const { state } = await probeController();
  if (state !== 'absent') return outcome;
  return { ...outcome, warnings: [...outcome.warnings, NO_CONTROLLER] };
}

/** What can't be asked now is an outcome: nothing was decided. */
async function tellOutage<T>(ask: () => Promise<T>): Promise<T | RolloutRefused> {
  try {
    return await ask();
  } catch (error) {
    const isAway =
      error instanceof EventLogBehind ||
      error instanceof RegistryUnavailable ||
      error instanceof ClickHouseUnavailable;
    if (!isAway) throw error;
    return refuse('unavailable', error.message);
  }
}
