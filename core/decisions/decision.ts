/** What every event of a decision log has. */
export interface DecisionEvent {
  /** UUID of the attempt. */
  readonly event_id: string;
  /** The revision that the decision was made at: at any other it doesn't count. */
  readonly expected_revision: number;
}

/** What every state of a decision log has. */
export interface DecisionState {
  /** How many events have been accepted. */
  readonly revision: number;
}

/** What pure code can't make by itself. */
export interface DecisionContext {
  readonly nowMs: number;
  /** A fresh UUID. */
  readonly eventId: string;
}

/** Why a decision isn't taken. */
export interface Refusal<C extends string> {
  readonly code: C;
  /** What stands in the way, and what to do next. */
  readonly message: string;
}

/** What a command comes to in a state: an event to write, nothing to do, or a refusal. */
export type Decision<E, C extends string> =
  | { readonly ok: true; readonly event: E }
  | { readonly ok: true; readonly event: null; readonly message: string }
  | ({ readonly ok: false } & Refusal<C>);

/** The state after an event was read, and whether the event counts. */
export type Evolution<S, C extends string> =
  | { readonly state: S; readonly accepted: true }
  /** The same state: a mismatch of revisions (another decision won), or an event that is illegal in it. */
  | { readonly state: S; readonly accepted: false; readonly code: C; readonly reason: string };

/** A log's meaning: its state is a fold of its events, the same for every reader. */
export interface Fold<S extends DecisionState, E extends DecisionEvent> {
  readonly empty: S;
  readonly evolve: (state: S, event: E) => Evolution<S, string>;
}

/**
 * Folds one event: what expects another revision, or is illegal, changes nothing, whoever wrote it.
 * @param check - the one set of rules of the log.
 * @param apply - what a legal event makes of the state; the revision is counted here.
 */
export function evolveChecked<S extends DecisionState, E extends DecisionEvent, C extends string>(
  state: S,
  event: E,
  check: (state: S, event: E) => Refusal<C> | undefined,
  apply: (state: S, event: E) => S,
): Evolution<S, C | 'conflict'> {
  if (event.expected_revision !== state.revision) {
    const reason = `made at revision ${event.expected_revision}, read at ${state.revision}: another decision won`;
    return { state, accepted: false, code: 'conflict', reason };
  }
  const refusal = check(state, event);
  if (refusal !== undefined) return { state, accepted: false, code: refusal.code, reason: refusal.message };
  return { state: apply({ ...state, revision: state.revision + 1 }, event), accepted: true };
}
