import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { RolloutState } from '@scoreline/core/rollout/state.ts';
import { type Traffic, trafficOf } from '@scoreline/core/rollout/traffic.ts';
import { aloneInLineup, type Lineup, NO_ROLLOUT } from '@scoreline/pipeline/lineup.ts';
import type { ModelSlot } from '@scoreline/pipeline/model-slot.ts';
import type { SharedModels } from '@scoreline/pipeline/shared-models.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { describeRollout } from './model-info.ts';
import type { Treatments } from './treatments.ts';

/** Who scores: a version that MODEL pins, or what the model registry and the rollouts come to. */
export interface Lineups {
  /** Undefined before production's model is in memory. Between two batches it may be another one. */
  current(): Lineup | undefined;
  /** Resolves with production in memory; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  /** Every decision up to now is known; the versions that they come to score, can't, or are long in coming (2 s). */
  catchUp(): Promise<void>;
  /** For /health: what is wanted but doesn't score, and what else is wrong while scoring goes on. */
  describe(): Readonly<Record<string, unknown>>;
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** A decision log as it is followed here. */
export interface FollowedLog<S> {
  start(onWaiting: (reason: string) => void): Promise<void>;
  state(): S;
  untilCaughtUp(): Promise<void>;
  onChange(listener: () => void): unknown;
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

export interface FollowedLineupsDeps {
  readonly registry: FollowedLog<RegistryState>;
  readonly rollouts: FollowedLog<RolloutState>;
  /** Production's. */
  readonly slot: ModelSlot;
  readonly treatments: Treatments;
  /** All that slot and treatments have in memory. */
  readonly models: Pick<SharedModels, 'find' | 'close'>;
  readonly onTraffic: (traffic: Traffic) => void;
}

const FIRST_MODEL_POLL_MS = 200;
/** How long a partition waits for versions that are being loaded. */
const SETTLES_WITHIN_MS = 2_000;
/** How long a start waits for a rollout's versions. */
const STARTS_WITHIN_MS = 30_000;

/** A version that stays. A package that can't score is an error of the configuration: `start` throws it. */
export function pinLineup(slot: ModelSlot, ref: string): Lineups {
  return {
    current: () => alone(slot.current()),
    failed: new Promise(() => {}),
    catchUp: () => Promise.resolve(),
    describe: () => ({
      ...describeSlot(slot),
      rollouts_problem: 'MODEL pins a version: rollouts are ignored',
    }),
    close: () => slot.close(),
    async start() {
      slot.want(ref);
      await slot.settled();
      if (slot.current() === undefined) throw new Error(slot.problem() ?? `${ref} could not be loaded`);
    },
  };
}

/** Follows both logs: who scores by them does so from between two batches on. */
export function followLineups(deps: FollowedLineupsDeps): Lineups {
  const { registry, rollouts, slot, treatments, models } = deps;
  let traffic = NO_ROLLOUT;
  const follow = (): void => {
    const next = trafficOf(rollouts.state(), registry.state());
    if (JSON.stringify(next) === JSON.stringify(traffic)) return;
    traffic = next;
    if (traffic.production !== null) slot.want(traffic.production);
    treatments.want(traffic.treatments.map(({ ref }) => ref));
    deps.onTraffic(traffic);
  };
  const current = (): Lineup | undefined => toLineup(traffic, deps);
  return {
    current,
    failed: Promise.race([registry.failed, rollouts.failed]),
    async start(onWaiting) {
      await Promise.all([registry.start(onWaiting), rollouts.start(onWaiting)]);
      for (const log of [registry, rollouts]) log.onChange(follow);
      follow();
      for (await slot.settled(); slot.current() === undefined; await slot.settled()) {
        onWaiting(slot.problem() ?? 'no version is in Production: "scoreline model promote" puts one there');
        await delay(FIRST_MODEL_POLL_MS);
      }
      // No partition waits yet: longer than in catchUp, or leads of the canary would go back to production meanwhile.
      await settledOrLate([treatments], STARTS_WITHIN_MS);
    },
    async catchUp() {
      await Promise.all([registry.untilCaughtUp(), rollouts.untilCaughtUp()]);
      await settledOrLate([slot, treatments], SETTLES_WITHIN_MS);
    },
    describe: () => ({
      ...describeSlot(slot),
      registry_revision: registry.state().revision,
      registry_problem: registry.notReady(),
      rollouts_revision: rollouts.state().revision,
      rollouts_problem: rollouts.notReady(),
      ...describeTreatments(traffic, treatments),
    }),
    async close() {
      await Promise.all([registry.close(), rollouts.close()]);
      await Promise.all([slot.close(), treatments.close()]);
      await models.close();
    },
  };
}

/**
 * The lineup of a traffic. A canary that has just been promoted is in memory, and scores as production before its slot
 * has noticed: no lead goes back to the version before.
 */
function toLineup(traffic: Traffic, { slot, treatments, models }: FollowedLineupsDeps): Lineup | undefined {
  const promoted = traffic.production === null ? undefined : models.find(traffic.production);
  const production = promoted ?? slot.current();
  if (production === undefined) return undefined;
  return { production, traffic, treatments: modelsOf(traffic, treatments) };
}

function modelsOf(traffic: Traffic, treatments: Treatments): Lineup['treatments'] {
  return traffic.treatments.map(({ ref }) => treatments.modelOf(ref));
}

/** A download may take minutes, and partitions wait here: what scores goes on meanwhile, as between two batches. */
async function settledOrLate(
  models: readonly { settled(): Promise<void> }[],
  withinMs: number,
): Promise<void> {
  const { promise: isLate, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, withinMs);
  await Promise.race([Promise.all(models.map((each) => each.settled())), isLate]);
  clearTimeout(timer);
}

function alone(model: LoadedModel | undefined): Lineup | undefined {
  return model === undefined ? undefined : aloneInLineup(model);
}

function describeSlot(slot: ModelSlot): Readonly<Record<string, unknown>> {
  const manifest = slot.current()?.manifest;
  return {
    model: manifest === undefined ? null : `${manifest.name}@${manifest.version}`,
    model_problem: slot.problem(),
  };
}

function describeTreatments(traffic: Traffic, treatments: Treatments): Readonly<Record<string, unknown>> {
  const problems = traffic.treatments.flatMap(({ ref }) => treatments.problemOf(ref) ?? []);
  return {
    rollout: describeRollout({ traffic, treatments: modelsOf(traffic, treatments) }),
    rollout_problem: problems.length === 0 ? undefined : problems.join('; '),
  };
}
