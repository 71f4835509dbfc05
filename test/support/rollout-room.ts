import { randomUUID } from 'node:crypto';
import { openDecisionAppender, openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import {
  createRolloutCommands,
  createRolloutProjection,
  ROLLOUT_TOPIC,
  type RolloutCommands,
  type RolloutProjection,
} from '@scoreline/runtime/rollouts/rollout-log.ts';
import type { IsolatedEnv } from './isolated-env.ts';
import { locateRegistry } from './registry-room.ts';

/** One process's view of the rollouts, and its way to decide. */
export interface RolloutRoom {
  readonly projection: RolloutProjection;
  readonly commands: RolloutCommands;
  close(): Promise<void>;
}

/** Opens a room that has read the rollouts to their end. */
export async function openRolloutRoom(env: IsolatedEnv): Promise<RolloutRoom> {
  const location = locateRegistry(env);
  const log = openDecisionLog(ROLLOUT_TOPIC, location, () => {});
  const projection = createRolloutProjection({ log, events: SILENT_PROJECTION });
  const appender = openDecisionAppender(ROLLOUT_TOPIC, location, () => {});
  await projection.start(() => {});
  return {
    projection,
    commands: createRolloutCommands({ projection, appender, nowMs: Date.now, newEventId: randomUUID }),
    async close() {
      await Promise.all([projection.close(), appender.close()]);
    },
  };
}
