import { randomUUID } from 'node:crypto';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createRegistryClient } from '../avro/registry.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import { checkPackageApart } from '../model-package/check-apart.ts';
import { createRegistryCommands } from '../registry/commands.ts';
import { openDecisionAppender, openDecisionLog, type DecisionLocation } from '../decision-log/open-log.ts';
import { createRegistryProjection, REGISTRY_TOPIC, type RegistryProjection } from '../registry/projection.ts';
import type { RegistryEvents } from '../registry/registry-events.ts';
import type { AskGate } from './gate-port.ts';
import { createModelLifecycle, type ModelLifecycle } from './model-lifecycle.ts';

export interface LifecycleOptions {
  readonly location: DecisionLocation;
  readonly store: ArtifactStore;
  readonly askGate: AskGate;
  readonly events: RegistryEvents;
  readonly clientLog: KafkaLogSink;
}

/** A lifecycle with the projection that it decides on. */
export interface OpenLifecycle {
  readonly lifecycle: ModelLifecycle;
  readonly projection: RegistryProjection;
  /** Reads the registry to its end; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Puts the lifecycle of one stream together: log, projection, writer, store and contract. Nothing is asked yet. */
export function openLifecycle({
  location,
  store,
  askGate,
  events,
  clientLog,
}: LifecycleOptions): OpenLifecycle {
  const log = openDecisionLog(REGISTRY_TOPIC, location, clientLog);
  const projection = createRegistryProjection({ log, events });
  const appender = openDecisionAppender(REGISTRY_TOPIC, location, clientLog);
  const registry = createRegistryClient(location.schemaRegistry);
  const subject = `${location.topicPrefix}lead-created-value`;
  const lifecycle = createModelLifecycle({
    projection,
    commands: createRegistryCommands({ projection, appender, nowMs: Date.now, newEventId: randomUUID }),
    store,
    leadSchema: async () => (await registry.latest(subject))?.schema,
    tryPackage: async (dir) => (await checkPackageApart(dir)).flatMap(({ problems }) => problems),
    askGate,
    nowMs: Date.now,
  });
  return {
    lifecycle,
    projection,
    start: (onWaiting) => projection.start(onWaiting),
    async close() {
      await Promise.all([projection.close(), appender.close()]);
    },
  };
}
