import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RefusalCode, RegistryCommand } from '@scoreline/core/registry/command.ts';
import { decide } from '@scoreline/core/registry/decide.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { EventAppender } from '../kafka/event-appender.ts';
import { EventLogBehind } from '../kafka/event-log.ts';
import type { RegistryProjection } from './projection.ts';
import type { Verdict } from './verdict.ts';

/** What became of a command. */
export type CommandResult =
  /** Decided, and read back as accepted. */
  | {
      readonly ok: true;
      readonly changed: true;
      readonly event: ModelEvent;
      readonly revision: number;
      readonly state: RegistryState;
    }
  /** Things were as asked already. */
  | { readonly ok: true; readonly changed: false; readonly message: string; readonly state: RegistryState }
  /** Refused; `unavailable`: nothing is known, since the topic or the schema registry could not be reached. */
  | { readonly ok: false; readonly code: RefusalCode | 'unavailable'; readonly message: string };

export interface RegistryCommands {
  /**
   * Reads the registry to its end, decides, writes the event and reads it back. Of two decisions made at once one is
   * accepted; the other is told who won. Where a process dies between writing and reading back, the topic has the
   * decision all the same, and the command again finds things as asked.
   */
  execute(command: RegistryCommand): Promise<CommandResult>;
}

export interface RegistryCommandsDeps {
  readonly projection: Pick<RegistryProjection, 'state' | 'untilCaughtUp' | 'onVerdict'>;
  readonly appender: Pick<EventAppender<ModelEvent>, 'append'>;
  readonly nowMs: () => number;
  /** A fresh UUID. */
  readonly newEventId: () => string;
}

/** The registry's one writer. */
export function createRegistryCommands(deps: RegistryCommandsDeps): RegistryCommands {
  return {
    async execute(command) {
      try {
        await deps.projection.untilCaughtUp();
        return await decideAndWrite(deps, command);
      } catch (error) {
        if (!(error instanceof EventLogBehind)) throw error;
        return { ok: false, code: 'unavailable', message: error.message };
      }
    },
  };
}

async function decideAndWrite(deps: RegistryCommandsDeps, command: RegistryCommand): Promise<CommandResult> {
  const { projection, nowMs, newEventId } = deps;
  const state = projection.state();
  const decision = decide(state, command, { nowMs: nowMs(), eventId: newEventId() });
  if (!decision.ok) return decision;
  if (decision.event === null) return { ok: true, changed: false, message: decision.message, state };
  const verdicts: Verdict[] = [];
  const unsubscribe = projection.onVerdict((verdict) => void verdicts.push(verdict));
  try {
    const appendError = await append(deps, decision.event);
    await projection.untilCaughtUp();
    return report(decision.event, verdicts, projection.state(), appendError);
  } finally {
    unsubscribe();
  }
}

/** An error of the append is no verdict: the event may stand on the topic all the same. */
async function append({ appender }: RegistryCommandsDeps, event: ModelEvent): Promise<Error | undefined> {
  try {
    await appender.append(event);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function report(
  event: ModelEvent,
  verdicts: readonly Verdict[],
  state: RegistryState,
  appendError: Error | undefined,
): CommandResult {
  // The first of its copies: a client's retry may have written it twice, and the second never counts.
  const own = verdicts.find((verdict) => verdict.event?.event_id === event.event_id);
  if (own === undefined) {
    const why = appendError?.message ?? 'it was not found on the topic';
    const message = `the decision could not be written: ${why}; look at the registry before you decide again`;
    return { ok: false, code: 'unavailable', message };
  }
  if (own.ignored === undefined) return { ok: true, changed: true, event, revision: own.revision, state };
  const winner = verdicts.find(({ ignored, revision }) => !ignored && revision > event.expected_revision);
  const message = winner?.event ? describeWinner(winner.event) : own.ignored.reason;
  return { ok: false, code: 'conflict', message };
}

function describeWinner({ type, model, version, alias, actor, reason }: ModelEvent): string {
  const what = [type.replace('_', ' '), alias, model === '' ? '' : `${model}@${version}`];
  const told = what.filter((part) => part !== null && part !== '').join(' ');
  return `another decision won: ${told}, by ${actor} (${reason}); look again, then decide`;
}
