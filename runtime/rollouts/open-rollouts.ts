import { randomUUID } from 'node:crypto';
import type { ClickHouseSettings } from '../clickhouse/client.ts';
import { createDatabase } from '../clickhouse/database.ts';
import { type DecisionLocation, openDecisionAppender, openDecisionLog } from '../decision-log/open-log.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import type { OpenLifecycle } from '../model-lifecycle/open-lifecycle.ts';
import { createControllerProbe } from './controller-probe.ts';
import { readExperiment } from './experiment/read-experiment.ts';
import { createRolloutMeasurer } from './measure/measurer.ts';
import {
  createRolloutCommands,
  createRolloutProjection,
  ROLLOUT_TOPIC,
  type RolloutEvents,
  type RolloutProjection,
} from './rollout-log.ts';
import { createRolloutService, type RolloutService } from './rollout-service.ts';

export interface RolloutsOptions {
  readonly location: DecisionLocation;
  readonly clickHouse: ClickHouseSettings;
  /** Of the same stream; its owner starts and closes it. */
  readonly lifecycle: OpenLifecycle['lifecycle'];
  readonly events: RolloutEvents;
  readonly clientLog: KafkaLogSink;
}

/** Rollouts as people decide on them, with the projection that they decide on. */
export interface OpenRollouts {
  readonly service: RolloutService;
  readonly projection: RolloutProjection;
  /** Reads the rollouts to their end; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Puts the rollouts of one stream together: log, writer, measurements, and whether a controller is there. */
export function openRollouts(options: RolloutsOptions): OpenRollouts {
  const { location, clickHouse, lifecycle, events, clientLog } = options;
  const log = openDecisionLog(ROLLOUT_TOPIC, location, clientLog);
  const projection = createRolloutProjection({ log, events });
  const appender = openDecisionAppender(ROLLOUT_TOPIC, location, clientLog);
  const database = createDatabase(clickHouse);
  const { topicPrefix } = location;
  const { measure } = createRolloutMeasurer({ database, topicPrefix });
  const service = createRolloutService({
    rollouts: projection,
    commands: createRolloutCommands({ projection, appender, nowMs: Date.now, newEventId: randomUUID }),
    lifecycle,
    measure,
    readExperiment: (rollout, nowMs) => readExperiment(database, rollout, nowMs),
    probeController: createControllerProbe({ ...location, clientLog }),
    nowMs: Date.now,
  });
  return {
    service,
    projection,
    start: (onWaiting) => projection.start(onWaiting),
    async close() {
      await Promise.all([projection.close(), appender.close(), database.close()]);
    },
  };
}
