import { setTimeout as delay } from 'node:timers/promises';

/** A group's member that has ended is still one for so long. */
const SESSION_MS = 15_000;

export interface SecondTry<T> {
  readonly measure: () => Promise<T>;
  /** Makes what was half done undone. */
  readonly putBack: () => Promise<unknown>;
  readonly onEnd: (error: unknown) => void;
  readonly waitMs?: number;
}

/** What ends by itself is started once more, as whoever runs it would. */
export async function withSecondTry<T>({
  measure,
  putBack,
  onEnd,
  waitMs = SESSION_MS,
}: SecondTry<T>): Promise<T> {
  try {
    return await measure();
  } catch (error) {
    onEnd(error);
    await delay(waitMs);
    await putBack();
    return measure();
  }
}

/** Who comes first in a round meets a broker that has stood idle: each round begins with the next one. */
export function rotate<T>(names: readonly T[], by: number): readonly T[] {
  const first = by % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}
