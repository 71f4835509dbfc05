import { quantile } from '@scoreline/test/judge/quantile.ts';

/** A score that reached its reader: when its lead was sent, epoch milliseconds, and how long it took. */
export interface TimedScore {
  readonly sentMs: number;
  /** Infinity: it never came. */
  readonly latencyMs: number;
}

/** Latencies of leads that were sent around decisions, beside those of the time between them. */
export interface SwapLatencies {
  readonly steady: Tail;
  /** All swaps' leads together. */
  readonly during: Tail;
  /** Each swap by itself. */
  readonly p99MsBySwap: readonly number[];
}

/** The end of a distribution, milliseconds. */
export interface Tail {
  readonly leads: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A decision is read, and its package loaded, checked and switched to, within this time. */
export const SWAP_WINDOW_MS = 1_000;
/** From here on nothing is left of a swap: what is between belongs to neither. */
const STEADY_AFTER_MS = 2_000;

/** Sorts scores to the swap that their lead was sent in, or to the steady time between. */
export function summariseLatencies(
  scores: readonly TimedScore[],
  decided: readonly { readonly decidedAtMs: number }[],
): SwapLatencies {
  const bySwap = decided.map(({ decidedAtMs }) =>
    scores.filter(({ sentMs }) => sentMs >= decidedAtMs && sentMs < decidedAtMs + SWAP_WINDOW_MS),
  );
  const isSteady = ({ sentMs }: TimedScore): boolean =>
    !decided.some(({ decidedAtMs }) => sentMs >= decidedAtMs && sentMs < decidedAtMs + STEADY_AFTER_MS);
  return {
    steady: describeTail(scores.filter(isSteady)),
    during: describeTail(bySwap.flat()),
    p99MsBySwap: bySwap.map((own) => describeTail(own).p99Ms),
  };
}

function describeTail(scores: readonly TimedScore[]): Tail {
  const sorted = Float64Array.from(scores, ({ latencyMs }) => latencyMs).sort();
  return {
    leads: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? NaN,
  };
}
