import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { ModelSlot } from '@scoreline/pipeline/model-slot.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/** The models of a rollout's treatments, in memory while it assigns leads. */
export interface Treatments {
  /** From now on these are wanted in memory, and no others. */
  want(refs: readonly VersionRef[]): void;
  /** Undefined while it isn't in memory. */
  modelOf(ref: VersionRef): LoadedModel | undefined;
  /** Why a wanted one isn't in memory; undefined: it is. */
  problemOf(ref: VersionRef): string | undefined;
  /** Resolves once each is in memory or has failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** @param createSlot - loads and keeps one version, and tries again where that may help. */
export function createTreatments(createSlot: () => ModelSlot): Treatments {
  const slots = new Map<VersionRef, ModelSlot>();
  let released: Promise<unknown> = Promise.resolve();
  const want = (refs: readonly VersionRef[]): void => {
    for (const [ref, slot] of slots) {
      if (refs.includes(ref)) continue;
      slots.delete(ref);
      released = Promise.all([released, slot.close()]);
    }
    for (const ref of refs) {
      if (slots.has(ref)) continue;
      const slot = createSlot();
      slots.set(ref, slot);
      slot.want(ref);
    }
  };
  return {
    want,
    modelOf: (ref) => slots.get(ref)?.current(),
    problemOf(ref) {
      const slot = slots.get(ref);
      return slot?.current() === undefined ? (slot?.problem() ?? `${ref} is being loaded`) : undefined;
    },
    async settled() {
      await Promise.all([...slots.values()].map((slot) => slot.settled()));
    },
    async close() {
      want([]);
      await released;
    },
  };
}
