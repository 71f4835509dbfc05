const DAY_MS = 86_400_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** What became of a change that one sink is to be told: null where it was never tried. */
export interface Attempted {
  readonly outcome: 'delivered' | 'retrying' | 'given_up' | 'silenced';
  readonly attempts: number;
  /** Empty where the last attempt went well. */
  readonly problem: string;
  /** Epoch milliseconds; null once it is settled. */
  readonly retryAtMs: number | null;
  /** As of the change when it was tried. */
  readonly dueSinceMs: number;
}

/** A change that waits to be told. */
export interface Waiting {
  readonly alertId: string;
  readonly position: number;
  /** Since when it is to be told, in epoch milliseconds: its publication or, where it was silenced, the silence's end. */
  readonly dueSinceMs: number;
  readonly attempted: Attempted | null;
}

/**
 * Which of the waiting changes, given in their order, comes next: the first that is due and has none of its own alert
 * before it, as a resolve that overtakes its alert would leave that firing. `held`: alerts that are to wait for a later
 * turn, one of theirs having just failed.
 */
export function nextDue<T extends Waiting>(
  waiting: readonly T[],
  held: ReadonlySet<string>,
  nowMs: number,
): T | undefined {
  const blocked = new Set(held);
  return waiting.find(({ alertId, attempted }) => {
    if (blocked.has(alertId)) return false;
    blocked.add(alertId);
    return (attempted?.retryAtMs ?? nowMs) <= nowMs;
  });
}

/** The change has been taken. */
export function delivered({ attempted, dueSinceMs }: Waiting): Attempted {
  const attempts = attemptsOf(attempted) + 1;
  return { outcome: 'delivered', attempts, problem: '', retryAtMs: null, dueSinceMs };
}

/** A person wants nobody to be told of it now. */
export function silenced({ attempted, dueSinceMs }: Waiting): Attempted {
  return { outcome: 'silenced', attempts: attemptsOf(attempted), problem: '', retryAtMs: null, dueSinceMs };
}

/**
 * The attempt failed: it is tried again after 5 s, 10 s, 20 s … an hour, and for the last time a day after it was
 * to be told; then it is given up, with the problem for whoever looks.
 */
export function failed({ attempted, dueSinceMs }: Waiting, problem: string, nowMs: number): Attempted {
  const attempts = attemptsOf(attempted) + 1;
  const lastChanceMs = dueSinceMs + DAY_MS;
  if (nowMs >= lastChanceMs) return { outcome: 'given_up', attempts, problem, retryAtMs: null, dueSinceMs };
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  const retryAtMs = Math.min(nowMs + pauseMs, lastChanceMs);
  return { outcome: 'retrying', attempts, problem, retryAtMs, dueSinceMs };
}

function attemptsOf(attempted: Attempted | null): number {
  return attempted?.attempts ?? 0;
}
