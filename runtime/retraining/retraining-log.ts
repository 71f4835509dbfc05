import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { Fold } from '@scoreline/core/decisions/decision.ts';
import type { RetrainingCommand, RetrainingRefusalCode } from '@scoreline/core/retraining/command.ts';
import { decide } from '@scoreline/core/retraining/decide.ts';
import { evolve } from '@scoreline/core/retraining/evolve.ts';
import { NO_REQUESTS, type RetrainingState } from '@scoreline/core/retraining/state.ts';
import {
  type CommandResult,
  type Commands,
  type CommandsDeps,
  createCommands,
} from '../decision-log/commands.ts';
import { createDecisionLogEvents } from '../decision-log/events.ts';
import type { DecisionTopic } from '../decision-log/open-log.ts';
import { createProjection, type Projection, type ProjectionEvents } from '../decision-log/projection.ts';
import type { EventLog } from '../kafka/event-log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** A stream's wishes to train anew as this process knows them. */
export type RetrainingProjection = Projection<RetrainingState, RetrainingRequested>;
export type RetrainingEvents = ProjectionEvents<RetrainingState, RetrainingRequested>;
export type RetrainingCommands = Commands<
  RetrainingState,
  RetrainingRequested,
  RetrainingCommand,
  RetrainingRefusalCode
>;
export type RetrainingResult = CommandResult<RetrainingState, RetrainingRequested, RetrainingRefusalCode>;

/** What the topic `retraining-requested` means. */
export const RETRAINING_FOLD: Fold<RetrainingState, RetrainingRequested> = { empty: NO_REQUESTS, evolve };

/** The topic of a stream's wishes to train anew. */
export const RETRAINING_TOPIC: DecisionTopic<RetrainingRequested> = {
  name: 'retraining-requested',
  contract: 'retraining-requested',
  keyOf: ({ model }) => model,
};

/** Projects a log of requests; it closes the log with itself. */
export function createRetrainingProjection(deps: {
  readonly log: EventLog<RetrainingRequested>;
  readonly events: RetrainingEvents;
}): RetrainingProjection {
  return createProjection({ ...deps, fold: RETRAINING_FOLD });
}

/** The requests' one writer. */
export function createRetrainingCommands(
  deps: CommandsDeps<RetrainingState, RetrainingRequested>,
): RetrainingCommands {
  return createCommands({ decide, describe, name: 'the retraining requests' }, deps);
}

function describe({ request_id: id, mode, requested_by: who, reasons }: RetrainingRequested): string {
  return `${id}, a ${mode} by ${who} (${reasons[0]?.detail ?? 'no reason'})`;
}

export function createRetrainingEvents(telemetry: Telemetry): RetrainingEvents {
  return createDecisionLogEvents(telemetry, {
    metric: 'retraining',
    topic: 'retraining-requested',
    title: 'retraining requests',
    describeEvent: ({ request_id: request, mode, reasons, requested_by: by }) => ({
      request,
      mode,
      reasons: reasons.map(({ reason }) => reason),
      by,
    }),
    describeState: ({ requests }) => ({ models: requests.size }),
  });
}
