import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/** Models in memory, each once, however many ask for it: a canary that is promoted is in memory already. */
export interface SharedModels {
  /** Opens a version, or gives the one that is open; whoever got it closes it. Throws what opening throws. */
  open(ref: string): Promise<LoadedModel>;
  /** What is in memory now, held or not. */
  find(ref: string): LoadedModel | undefined;
  /** Frees all of them, whoever holds them. */
  close(): Promise<void>;
}

/** How long a model that nobody holds stays: a batch that began with it ends with it, and the way back is instant. */
const LINGER_MS = 60_000;

interface Shared {
  holders: number;
  readonly opening: Promise<LoadedModel>;
  /** Once it is open: what the holders get. */
  model?: LoadedModel;
  lingering?: NodeJS.Timeout;
}

export function createSharedModels(
  openModel: (ref: string) => Promise<LoadedModel>,
  lingerMs = LINGER_MS,
): SharedModels {
  const models = new Map<string, Shared>();
  const free = async (ref: string, { opening }: Shared): Promise<void> => {
    models.delete(ref);
    await (await opening).close();
  };
  const letGo = (ref: string, shared: Shared): void => {
    shared.holders -= 1;
    if (shared.holders > 0 || models.get(ref) !== shared) return;
    // What can't be freed is gone from here all the same.
    shared.lingering = setTimeout(() => void free(ref, shared).catch(() => undefined), lingerMs).unref();
  };
  const begin = (ref: string): Shared => {
    const shared: Shared = { holders: 0, opening: openModel(ref) };
    models.set(ref, shared);
    return shared;
  };
  return {
    find(ref) {
      const shared = models.get(ref);
      // What is used stays, held or not.
      shared?.lingering?.refresh();
      return shared?.model;
    },
    async open(ref) {
      const shared = models.get(ref) ?? begin(ref);
      clearTimeout(shared.lingering);
      shared.holders += 1;
      try {
        const model = await shared.opening;
        shared.model ??= { ...model, close: async () => letGo(ref, shared) };
        return shared.model;
      } catch (error) {
        if (models.get(ref) === shared) models.delete(ref);
        throw error;
      }
    },
    async close() {
      for (const { lingering } of models.values()) clearTimeout(lingering);
      await Promise.allSettled([...models].map(([ref, shared]) => free(ref, shared)));
    },
  };
}
