import { setTimeout as delay } from 'node:timers/promises';

/** Apicurio that has just come up says "no such id" until it has read its journal (seen: 50 ms, on a busy machine). */
const CONFIRM_AFTER_MS = 2_000;
/** Within this a registry that is loaded can't have gone and come back: no restart is as short. */
const LOADED_FOR_MS = 5_000;
/** More ids than any flood of damaged records needs to be cheap. */
const MAX_CONFIRMED = 10_000;

/**
 * Believes a registry that says that it knows no such id only when it says so twice, a moment apart: what follows is a
 * dead letter, or a decision that doesn't count, for good. An id is doubted once; and while the registry is known to be
 * loaded, since another id was asked for twice, none is, so that a flood of unknown ids costs one moment.
 */
export function createUnknownConfirmer(
  confirmAfterMs = CONFIRM_AFTER_MS,
): (id: number, ask: () => Promise<string | undefined>) => Promise<string | undefined> {
  const confirmed = new Set<number>();
  let loadedUntilMs = 0;
  return async (id, ask) => {
    const schema = await ask();
    if (schema !== undefined || confirmed.has(id) || performance.now() < loadedUntilMs) return schema;
    await delay(confirmAfterMs);
    const again = await ask();
    if (again !== undefined) return again;
    if (confirmed.size < MAX_CONFIRMED) confirmed.add(id);
    loadedUntilMs = performance.now() + LOADED_FOR_MS;
    return undefined;
  };
}
