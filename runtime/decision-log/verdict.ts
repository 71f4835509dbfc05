import type { DecisionEvent, DecisionState, Fold } from '@scoreline/core/decisions/decision.ts';
import type { LogEntry } from '../kafka/event-log.ts';

/** What became of one record of a decision log: the same for every reader. */
export interface Verdict<E> {
  readonly offset: number;
  /** Kafka's timestamp, epoch milliseconds. */
  readonly timestampMs: number;
  /** Null where the record can't be read. */
  readonly event: E | null;
  /** The log's revision after it. */
  readonly revision: number;
  /** Why it doesn't count; undefined: it does. */
  readonly ignored?: { readonly code: string; readonly reason: string };
}

/** Folds entries into a state and tells what became of each; the state that is given isn't changed. */
export function judgeEntries<S extends DecisionState, E extends DecisionEvent>(
  { evolve }: Fold<S, E>,
  state: S,
  entries: readonly LogEntry<E>[],
): { readonly state: S; readonly verdicts: readonly Verdict<E>[] } {
  let current = state;
  const verdicts = entries.map((entry): Verdict<E> => {
    const { offset, timestampMs, decoded } = entry;
    if (!decoded.ok) {
      const ignored = { code: decoded.code, reason: decoded.message };
      return { offset, timestampMs, event: null, revision: current.revision, ignored };
    }
    const evolution = evolve(current, decoded.value);
    current = evolution.state;
    const verdict = { offset, timestampMs, event: decoded.value, revision: current.revision };
    if (evolution.accepted) return verdict;
    return { ...verdict, ignored: { code: evolution.code, reason: evolution.reason } };
  });
  return { state: current, verdicts };
}
