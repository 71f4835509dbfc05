import type {
  Decision,
  DecisionContext,
  DecisionEvent,
  DecisionState,
} from '@scoreline/core/decisions/decision.ts';
import type { EventAppender } from '../kafka/event-appender.ts';
import { EventLogBehind } from '../kafka/event-log.ts';
import type { Projection } from './projection.ts';
import type { Verdict } from './verdict.ts';

/** What became of a command; `C` are the log's own refusals. */
export type CommandResult<S, E, C extends string> =
  /** Decided, and read back as accepted. */
  | {
      readonly ok: true;
      readonly changed: true;
      readonly event: E;
      readonly revision: number;
      readonly state: S;
    }
  /** Things were as asked already. */
  | { readonly ok: true; readonly changed: false; readonly message: string; readonly state: S }
  /** Refused; `unavailable`: nothing is known, since the topic or the schema registry could not be reached. */
  | { readonly ok: false; readonly code: C | 'conflict' | 'unavailable'; readonly message: string };

/** A log's one writer. */
export interface Commands<S, E, K, C extends string> {
  /**
   * Reads the log to its end, decides, writes the event and reads it back. Of two decisions made at once one is
   * accepted; the other is told who won. Where a process dies between writing and reading back, the topic has the
   * decision all the same, and the command again finds things as asked.
   */
  execute(command: K): Promise<CommandResult<S, E, C>>;
}

export interface CommandsDeps<S, E> {
  readonly projection: Pick<Projection<S, E>, 'state' | 'untilCaughtUp' | 'onVerdict'>;
  readonly appender: Pick<EventAppender<E>, 'append'>;
  readonly nowMs: () => number;
  /** A fresh UUID. */
  readonly newEventId: () => string;
}

/** What is the log's own. */
export interface CommandRules<S, E, K, C extends string> {
  readonly decide: (state: S, command: K, context: DecisionContext) => Decision<E, C>;
  /** Who decided what, for whoever came second: 'promoted bank-leads@1.1.0, by anna (why)'. */
  readonly describe: (event: E) => string;
  /** What to look at again, in words: 'the registry'. */
  readonly name: string;
}

export function createCommands<S extends DecisionState, E extends DecisionEvent, K, C extends string>(
  rules: CommandRules<S, E, K, C>,
  deps: CommandsDeps<S, E>,
): Commands<S, E, K, C> {
  return {
    async execute(command) {
      try {
        await deps.projection.untilCaughtUp();
        return await decideAndWrite(rules, deps, command);
      } catch (error) {
        if (!(error instanceof EventLogBehind)) throw error;
        return { ok: false, code: 'unavailable', message: error.message };
      }
    },
  };
}

async function decideAndWrite<S extends DecisionState, E extends DecisionEvent, K, C extends string>(
  rules: CommandRules<S, E, K, C>,
  deps: CommandsDeps<S, E>,
  command: K,
): Promise<CommandResult<S, E, C>> {
  const { projection, nowMs, newEventId } = deps;
  const state = projection.state();
  const decision = rules.decide(state, command, { nowMs: nowMs(), eventId: newEventId() });
  if (!decision.ok) return decision;
  if ('message' in decision) return { ok: true, changed: false, message: decision.message, state };
  const verdicts: Verdict<E>[] = [];
  const unsubscribe = projection.onVerdict((verdict) => void verdicts.push(verdict));
  try {
    const appendError = await append(deps, decision.event);
    await projection.untilCaughtUp();
    return report(rules, decision.event, { verdicts, state: projection.state(), appendError });
  } finally {
    unsubscribe();
  }
}

/** An error of the append is no verdict: the event may stand on the topic all the same. */
async function append<S, E>({ appender }: CommandsDeps<S, E>, event: E): Promise<Error | undefined> {
  try {
    await appender.append(event);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

interface ReadBack<S, E> {
  readonly verdicts: readonly Verdict<E>[];
  readonly state: S;
  readonly appendError: Error | undefined;
}

function report<S, E extends DecisionEvent, K, C extends string>(
  { describe, name }: CommandRules<S, E, K, C>,
  event: E,
  { verdicts, state, appendError }: ReadBack<S, E>,
): CommandResult<S, E, C> {
  // The first of its copies: a client's retry may have written it twice, and the second never counts.
  const own = verdicts.find((verdict) => verdict.event?.event_id === event.event_id);
  if (own === undefined) {
    const why = appendError?.message ?? 'it was not found on the topic';
    const message = `the decision could not be written: ${why}; look at ${name} before you decide again`;
    return { ok: false, code: 'unavailable', message };
  }
  if (own.ignored === undefined) return { ok: true, changed: true, event, revision: own.revision, state };
  const winner = verdicts.find(({ ignored, revision }) => !ignored && revision > event.expected_revision);
  const message = winner?.event
    ? `another decision won: ${describe(winner.event)}; look again, then decide`
    : own.ignored.reason;
  return { ok: false, code: 'conflict', message };
}
