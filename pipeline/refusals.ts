/** What is told of versions that can't score. */
export interface RefusalEvents {
  modelUnavailable(ref: string, reason: string, isFinal: boolean): void;
  /** A version that was refused for good scores now, or is asked for no more. */
  refusalEnded(ref: string): void;
}

/** Which versions are refused for good: an alarm stands for as long as one of them is wanted. */
export interface Refusals {
  /** As the event; what is final is remembered. */
  modelUnavailable(ref: string, reason: string, isFinal: boolean): void;
  /** These are wanted and have yet to score: refusals of others have ended. */
  keep(refs: readonly string[]): void;
}

/** None at first. */
export function createRefusals(events: RefusalEvents): Refusals {
  const refused = new Set<string>();
  return {
    modelUnavailable(ref, reason, isFinal) {
      if (isFinal) refused.add(ref);
      events.modelUnavailable(ref, reason, isFinal);
    },
    keep(refs) {
      for (const ref of refused) {
        if (refs.includes(ref)) continue;
        refused.delete(ref);
        events.refusalEnded(ref);
      }
    },
  };
}
