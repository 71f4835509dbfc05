import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import { createRefusals, type RefusalEvents } from './refusals.ts';

/** Holds the model that scores, and changes it between two batches without stopping anything. */
export interface ModelSlot {
  /** The model that scores now; undefined before the first is in memory. Read it once per batch. */
  current(): LoadedModel | undefined;
  /**
   * Asks for another version. It is loaded, checked and warmed beside the current one, which scores until then; a
   * version that was current a moment ago is still in memory and switched to at once. Of several wishes only the
   * latest counts.
   */
  want(ref: string): void;
  /** Resolves once the latest wish is fulfilled or has failed. */
  settled(): Promise<void>;
  /** Why the wanted version doesn't score; undefined: it does. */
  problem(): string | undefined;
  close(): Promise<void>;
}

export interface ModelSlotDeps {
  /** Fetches, checks and warms a version. Throws PackageRefused for good, anything else for the moment. */
  readonly open: (ref: string) => Promise<LoadedModel>;
  readonly events: ModelSlotEvents;
}

/** One fact each. */
export interface ModelSlotEvents extends RefusalEvents {
  modelSwitched(model: LoadedModel, durationMs: number, before: LoadedModel | undefined): void;
}

/** The current one and the one before: the way back is instant. */
const KEPT_MODELS = 2;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export function createModelSlot({ open, events }: ModelSlotDeps): ModelSlot {
  /** By reference, the least recently used first. */
  const kept = new Map<string, LoadedModel>();
  const refusals = createRefusals(events);
  let current: LoadedModel | undefined;
  let wanted: string | undefined;
  let problem: string | undefined;
  let attempts = 0;
  let retry: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  const switchTo = async (ref: string): Promise<void> => {
    const begun = performance.now();
    const model = kept.get(ref) ?? (await open(ref));
    kept.delete(ref);
    kept.set(ref, model);
    // Another version may have been asked for meanwhile: then this one only stands by.
    if (ref === wanted && !closed) {
      const before = current;
      current = model;
      problem = undefined;
      attempts = 0;
      events.modelSwitched(model, performance.now() - begun, before);
    }
    await closeLeastUsed(kept, current);
  };
  const fulfil = async (ref: string): Promise<void> => {
    if (ref !== wanted || closed) return;
    try {
      await switchTo(ref);
    } catch (error) {
      if (ref !== wanted || closed) return;
      const isFinal = error instanceof PackageRefused;
      problem = `${ref} can not score: ${error instanceof Error ? error.message : String(error)}`;
      refusals.modelUnavailable(ref, problem, isFinal);
      if (!isFinal) retry = setTimeout(attempt, retryAfterMs((attempts += 1)), ref);
    }
  };
  // One at a time, so that two loads never race for the slot.
  const attempt = (ref: string): void => {
    work = work.then(() => fulfil(ref));
  };
  return {
    current: () => current,
    problem: () => problem,
    settled: () => work,
    want(ref) {
      if (ref === wanted) return;
      clearTimeout(retry);
      refusals.keep([]);
      wanted = ref;
      attempts = 0;
      attempt(ref);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await work;
      refusals.keep([]);
      await closeAll(kept);
    },
  };
}

async function closeAll(kept: Map<string, LoadedModel>): Promise<void> {
  const models = [...kept.values()];
  kept.clear();
  await Promise.all(models.map((model) => model.close()));
}

async function closeLeastUsed(
  kept: Map<string, LoadedModel>,
  current: LoadedModel | undefined,
): Promise<void> {
  for (const [ref, model] of kept) {
    if (kept.size <= KEPT_MODELS) return;
    if (model === current) continue;
    kept.delete(ref);
    await model.close();
  }
}

function retryAfterMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
}
