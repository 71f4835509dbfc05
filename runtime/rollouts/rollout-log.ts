import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import type { Fold } from '@scoreline/core/decisions/decision.ts';
import type { RolloutCommand, RolloutRefusalCode } from '@scoreline/core/rollout/command.ts';
import { decide } from '@scoreline/core/rollout/decide.ts';
import { evolve } from '@scoreline/core/rollout/evolve.ts';
import { NO_ROLLOUTS, type RolloutState } from '@scoreline/core/rollout/state.ts';
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

/** A stream's rollouts as this process knows them. */
export type RolloutProjection = Projection<RolloutState, RolloutEvent>;
export type RolloutEvents = ProjectionEvents<RolloutState, RolloutEvent>;
export type RolloutCommands = Commands<RolloutState, RolloutEvent, RolloutCommand, RolloutRefusalCode>;
export type RolloutCommandResult = CommandResult<RolloutState, RolloutEvent, RolloutRefusalCode>;

/** What the topic `rollouts` means. */
export const ROLLOUT_FOLD: Fold<RolloutState, RolloutEvent> = { empty: NO_ROLLOUTS, evolve };

/** The topic of a stream's canaries and A/B tests. */
export const ROLLOUT_TOPIC: DecisionTopic<RolloutEvent> = {
  name: 'rollouts',
  contract: 'rollout-event',
  keyOf: ({ rollout_id: id }) => id,
};

/** Projects a log of rollout events; it closes the log with itself. */
export function createRolloutProjection(deps: {
  readonly log: EventLog<RolloutEvent>;
  readonly events: RolloutEvents;
}): RolloutProjection {
  return createProjection({ ...deps, fold: ROLLOUT_FOLD });
}

/** The rollouts' one writer. */
export function createRolloutCommands(deps: CommandsDeps<RolloutState, RolloutEvent>): RolloutCommands {
  return createCommands({ decide, describe, name: 'the rollouts' }, deps);
}

function describe({ type, rollout_id: id, actor, reason }: RolloutEvent): string {
  return `${id} ${type.replace('_', ' ')}, by ${actor} (${reason})`;
}

export function createRolloutEvents(telemetry: Telemetry): RolloutEvents {
  return createDecisionLogEvents(telemetry, {
    metric: 'rollouts',
    topic: 'rollouts',
    title: 'rollouts',
    describeEvent: ({ type, rollout_id: rollout, step, actor, reason }) => ({
      type,
      rollout,
      step,
      actor,
      reason,
    }),
    describeState: ({ latest }) => ({ latest: latest?.id, status: latest?.status }),
  });
}
