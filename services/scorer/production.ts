import { setTimeout as delay } from 'node:timers/promises';
import type { ModelSlot } from '@scoreline/pipeline/model-slot.ts';
import type { RegistryProjection } from '@scoreline/runtime/registry/projection.ts';

/** The version that scores: pinned by MODEL, or the one that the registry has in Production. */
export interface Production {
  /** Resolves with a model in memory; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  /** Every decision up to now is known; the version that it comes to scores, can't, or is long in coming (2 s). */
  catchUp(): Promise<void>;
  /** For /health: what is wanted but doesn't score, and what else is wrong while scoring goes on. */
  describe(): Readonly<Record<string, unknown>>;
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

const FIRST_MODEL_POLL_MS = 200;
/** How long a partition waits for a version that is being loaded. */
const SETTLES_WITHIN_MS = 2_000;

/** A version that stays. A package that can't score is an error of the configuration: `start` throws it. */
export function pinProduction(slot: ModelSlot, ref: string): Production {
  return {
    failed: new Promise(() => {}),
    catchUp: () => Promise.resolve(),
    describe: () => describeSlot(slot),
    close: () => slot.close(),
    async start() {
      slot.want(ref);
      await slot.settled();
      if (slot.current() === undefined) throw new Error(slot.problem() ?? `${ref} could not be loaded`);
    },
  };
}

/** Follows the registry: what it has in Production scores, from between two batches on. */
export function followProduction(slot: ModelSlot, projection: RegistryProjection): Production {
  const follow = (): void => {
    const { production } = projection.state();
    if (production !== null) slot.want(production);
  };
  return {
    failed: projection.failed,
    async start(onWaiting) {
      await projection.start(onWaiting);
      projection.onChange(follow);
      follow();
      for (await slot.settled(); slot.current() === undefined; await slot.settled()) {
        onWaiting(slot.problem() ?? 'no version is in Production: "scoreline model promote" puts one there');
        await delay(FIRST_MODEL_POLL_MS);
      }
    },
    async catchUp() {
      await projection.untilCaughtUp();
      // A download may take minutes, and partitions wait here: what scores goes on meanwhile, as between two batches.
      const { promise: isLong, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, SETTLES_WITHIN_MS);
      await Promise.race([slot.settled(), isLong]);
      clearTimeout(timer);
    },
    describe: () => ({
      ...describeSlot(slot),
      registry_revision: projection.state().revision,
      registry_problem: projection.notReady(),
    }),
    async close() {
      await projection.close();
      await slot.close();
    },
  };
}

function describeSlot(slot: ModelSlot): Readonly<Record<string, unknown>> {
  const manifest = slot.current()?.manifest;
  return {
    model: manifest === undefined ? null : `${manifest.name}@${manifest.version}`,
    model_problem: slot.problem(),
  };
}
