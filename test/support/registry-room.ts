import { randomUUID } from 'node:crypto';
import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { EventAppender } from '@scoreline/runtime/kafka/event-appender.ts';
import { createRegistryCommands, type RegistryCommands } from '@scoreline/runtime/registry/commands.ts';
import {
  openDecisionAppender,
  openDecisionLog,
  type DecisionLocation,
} from '@scoreline/runtime/decision-log/open-log.ts';
import {
  createRegistryProjection,
  REGISTRY_TOPIC,
  type RegistryProjection,
} from '@scoreline/runtime/registry/projection.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import type { IsolatedEnv } from './isolated-env.ts';

/** One process's view of a registry, and its way to decide. */
export interface RegistryRoom {
  readonly projection: RegistryProjection;
  readonly appender: EventAppender<ModelEvent>;
  readonly commands: RegistryCommands;
  close(): Promise<void>;
}

/** Where the registry of a test's corner of the stack is. */
export function locateRegistry(env: IsolatedEnv): DecisionLocation {
  return {
    brokers: env.KAFKA_BROKERS.split(','),
    schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
    topicPrefix: env.TOPIC_PREFIX,
    service: 'test',
  };
}

/** Opens a room that has read the registry to its end. */
export async function openRegistryRoom(env: IsolatedEnv): Promise<RegistryRoom> {
  const location = locateRegistry(env);
  const projection = createRegistryProjection({
    log: openDecisionLog(REGISTRY_TOPIC, location, () => {}),
    events: SILENT_PROJECTION,
  });
  const appender = openDecisionAppender(REGISTRY_TOPIC, location, () => {});
  await projection.start(() => {});
  return {
    projection,
    appender,
    commands: createRegistryCommands({ projection, appender, nowMs: Date.now, newEventId: randomUUID }),
    async close() {
      await Promise.all([projection.close(), appender.close()]);
    },
  };
}

/** A registration of a version whose package nobody looks at. */
export function register(ref: VersionRef, actor = 'anna', bytes = 'a'): RegistryCommand {
  const artifact = { uri: `file:/${ref}`, manifest_sha256: bytes.repeat(64) };
  return { type: 'register', ref, artifact, actor, reason: 'a better model' };
}
