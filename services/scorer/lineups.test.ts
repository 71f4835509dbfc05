import {
  EMPTY_REGISTRY,
  type RegistryState,
  type Stage,
  type VersionState,
} from '@scoreline/core/registry/state.ts';
import { splitVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { RolloutCommand } from '@scoreline/core/rollout/command.ts';
import { NO_ROLLOUTS, type RolloutState } from '@scoreline/core/rollout/state.ts';
import { CANARY_PLAN, complete, given, of, start } from '@scoreline/core/rollout/testing/rollout-room.ts';
import { createModelSlot } from '@scoreline/pipeline/model-slot.ts';
import { createSharedModels } from '@scoreline/pipeline/shared-models.ts';
import { openTinyModel } from '@scoreline/pipeline/testing/scoring-room.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FollowedLog, followLineups } from './lineups.ts';
import { createTreatments } from './treatments.ts';

const A: VersionRef = 'tiny@1.0.0';
const B: VersionRef = 'tiny@1.1.0';
const never = new Promise<never>(() => {});

let tiny: LoadedModel;
beforeAll(async () => {
  tiny = await openTinyModel();
});
afterAll(() => tiny.close());

/** A log whose state is set by hand. */
function createLog<S>(first: S) {
  let state = first;
  const listeners = new Set<() => void>();
  const log: FollowedLog<S> & { caughtUp: Promise<void> } = {
    caughtUp: Promise.resolve(),
    start: () => Promise.resolve(),
    state: () => state,
    untilCaughtUp: () => log.caughtUp,
    onChange: (listener) => listeners.add(listener),
    notReady: () => undefined,
    failed: never,
    close: () => Promise.resolve(),
  };
  const set = (next: Partial<S>): void => {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  };
  return { log, set };
}

function versionIn(ref: VersionRef, stage: Stage): VersionState {
  return {
    ...splitVersionRef(ref),
    ref,
    stage,
    artifact: { uri: ref, manifest_sha256: '' },
    approvals: [],
    stageRevision: 1,
    stageSinceMs: 0,
    decisions: [],
  };
}

/** Lineups on both logs, of versions that are loaded when `load` says so; the others are at once. */
function createRoom(slow: readonly VersionRef[] = []) {
  const registry = createLog<RegistryState>({
    ...EMPTY_REGISTRY,
    revision: 1,
    production: A,
    versions: new Map([
      [A, versionIn(A, 'production')],
      [B, versionIn(B, 'staging')],
    ]),
  });
  const rollouts = createLog<RolloutState>(NO_ROLLOUTS);
  const opened: string[] = [];
  const closed: string[] = [];
  const loads = new Map(slow.map((ref) => [ref as string, Promise.withResolvers<void>()]));
  const models = createSharedModels(async (ref) => {
    opened.push(ref);
    await loads.get(ref)?.promise;
    const version = ref.slice(ref.indexOf('@') + 1);
    return { ...tiny, manifest: { ...tiny.manifest, version }, close: async () => void closed.push(ref) };
  });
  const events = {
    modelSwitched: () => undefined,
    modelUnavailable: () => undefined,
    refusalEnded: () => undefined,
  };
  const createSlot = () => createModelSlot({ open: models.open, events });
  const traffics: (string | null)[] = [];
  const lineups = followLineups({
    registry: registry.log,
    rollouts: rollouts.log,
    slot: createSlot(),
    treatments: createTreatments(createSlot),
    models,
    onTraffic: ({ experimentId }) => traffics.push(experimentId),
  });
  const summary = () => {
    const lineup = lineups.current();
    return {
      production: lineup?.production.manifest.version,
      experiment: lineup?.traffic.experimentId,
      treatments: lineup?.treatments.map((model) => model?.manifest.version ?? null),
    };
  };
  return { lineups, registry, rollouts, loads, opened, closed, traffics, summary };
}

/** What the rollouts come to after a canary of B, begun with a tenth, was decided on so. */
function canary(...commands: readonly RolloutCommand[]): RolloutState {
  const [control, treatment] = [A, B].map((ref) => splitVersionRef(ref));
  const plan = { ...CANARY_PLAN, control: control!, treatments: [{ ...treatment!, share: 1 }] };
  return given(start(plan), ...commands);
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the lineup', () => {
  it('is production alone without a rollout', async () => {
    const { lineups, summary } = createRoom();
    expect(lineups.current()).toBeUndefined();
    await lineups.start(() => undefined);
    expect(summary()).toEqual({ production: '1.0.0', experiment: null, treatments: [] });
  });

  it('has the treatment from the event on, without its model until it is in memory', async () => {
    const { lineups, rollouts, loads, summary } = createRoom([B]);
    await lineups.start(() => undefined);
    rollouts.set(canary());
    expect(summary()).toEqual({ production: '1.0.0', experiment: 'r1', treatments: [null] });
    expect(lineups.describe()).toMatchObject({
      rollout: {
        id: 'r1',
        treatments: [{ model: 'tiny', version: '1.1.0', share: 0.1, in_memory: false }],
      },
      rollout_problem: 'tiny@1.1.0 is being loaded',
    });
    loads.get(B)?.resolve();
    await settle();
    expect(summary().treatments).toEqual(['1.1.0']);
    expect(lineups.describe()).toMatchObject({ rollout_problem: undefined });
  });

  it('says why a treatment is not in memory', async () => {
    const { lineups, rollouts, loads } = createRoom([B]);
    await lineups.start(() => undefined);
    rollouts.set(canary());
    loads.get(B)?.reject(new PackageRefused('models/b', [{ code: 'golden.off', message: 'row 3' }]));
    await settle();
    expect(lineups.describe()['rollout_problem']).toContain('row 3');
  });

  it('goes back to production alone in the moment of a rollback', async () => {
    const { lineups, rollouts, summary, traffics } = createRoom();
    await lineups.start(() => undefined);
    rollouts.set(canary());
    await settle();
    rollouts.set(canary(of('roll_back')));
    expect(summary()).toEqual({ production: '1.0.0', experiment: null, treatments: [] });
    expect(traffics).toEqual([null, 'r1', null]);
  });

  it.each(['the registry', 'the rollouts'])(
    'never goes back to the version before as a canary is promoted, where %s is read first',
    async (first) => {
      const { lineups, registry, rollouts, summary, opened } = createRoom();
      await lineups.start(() => undefined);
      rollouts.set(canary(of('promote')));
      await settle();
      const steps = [
        () => registry.set({ production: B, revision: 2 }),
        () => rollouts.set(canary(of('promote'), complete(2))),
      ];
      for (const step of first === 'the registry' ? steps : steps.toReversed()) {
        step();
        const { production, treatments } = summary();
        expect(treatments?.[0] ?? production).toBe('1.1.0');
      }
      expect(summary()).toEqual({ production: '1.1.0', experiment: null, treatments: [] });
      expect(opened).toEqual([A, B]);
    },
  );

  it('keeps a treatment in memory for a minute after its end, and then lets it go', async () => {
    const { lineups, rollouts, opened, closed } = createRoom();
    await lineups.start(() => undefined);
    rollouts.set(canary());
    await settle();
    rollouts.set(canary(of('abort')));
    await vi.advanceTimersByTimeAsync(59_000);
    expect([opened, closed]).toEqual([[A, B], []]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(closed).toEqual([B]);
  });
});

describe('catching up', () => {
  /** True once `catchUp` has resolved. */
  const catchUp = ({ lineups }: ReturnType<typeof createRoom>): { done: boolean } => {
    const outcome = { done: false };
    void lineups.catchUp().then(() => (outcome.done = true));
    return outcome;
  };

  it('waits for the decisions of both logs, then for the versions that they come to', async () => {
    const room = createRoom([B]);
    await room.lineups.start(() => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    room.rollouts.log.caughtUp = promise;
    const outcome = catchUp(room);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(outcome.done).toBe(false);
    room.rollouts.set(canary());
    resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outcome.done).toBe(false);
    room.loads.get(B)?.resolve();
    await settle();
    expect(outcome.done).toBe(true);
  });

  it('leaves a version that is long in coming to load beside the ones that score', async () => {
    const room = createRoom([B]);
    await room.lineups.start(() => undefined);
    room.rollouts.set(canary());
    const outcome = catchUp(room);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(outcome.done).toBe(true);
  });
});
