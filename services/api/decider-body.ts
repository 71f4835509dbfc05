import type { Decider } from '@scoreline/runtime/model-lifecycle/lifecycle-deps.ts';

/** What the body of every decision has. */
export interface DeciderBody {
  readonly actor: string;
  readonly reason: string;
  readonly expected_revision?: number;
}

export function toDecider({ actor, reason, expected_revision: expectedRevision }: DeciderBody): Decider {
  return { actor, reason, ...(expectedRevision === undefined ? {} : { expectedRevision }) };
}
