import type { RetrainingRequested } from '../contracts/retraining-requested.ts';

/** One log of requests per stream (topic prefix), a fold of `evolve` over the topic `retraining-requested`. */
export interface RetrainingState {
  /** How many events have been accepted: what the next decision must expect. */
  readonly revision: number;
  /** By model, oldest first; a few a month, so all are kept. */
  readonly requests: ReadonlyMap<string, readonly RetrainingRequested[]>;
}

/** Before the first request. */
export const NO_REQUESTS: RetrainingState = { revision: 0, requests: new Map() };

/** `requested_by` of what the policy asks for; any other is a person. */
export const POLICY = 'policy';

/** The model's newest request; undefined where there was none. */
export function latestRequest(state: RetrainingState, model: string): RetrainingRequested | undefined {
  return state.requests.get(model)?.at(-1);
}

/** The id of the model's next request: `<model>-<n>`. */
export function nextRequestId(state: RetrainingState, model: string): string {
  return `${model}-${(state.requests.get(model)?.length ?? 0) + 1}`;
}
