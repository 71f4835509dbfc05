import { randomUUID } from 'node:crypto';
import { type DecisionLocation, openDecisionAppender, openDecisionLog } from '../decision-log/open-log.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import {
  createRetrainingCommands,
  createRetrainingProjection,
  RETRAINING_TOPIC,
  type RetrainingCommands,
  type RetrainingEvents,
  type RetrainingProjection,
} from './retraining-log.ts';

/** The wishes to train anew of one stream, and the way to add one. */
export interface OpenRetraining {
  readonly projection: RetrainingProjection;
  readonly commands: RetrainingCommands;
  /** Reads the requests to their end; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log of requests; nothing is read before it is started, nothing connected before something is written. */
export function openRetraining(options: {
  readonly location: DecisionLocation;
  readonly events: RetrainingEvents;
  readonly clientLog: KafkaLogSink;
}): OpenRetraining {
  const { location, events, clientLog } = options;
  const projection = createRetrainingProjection({
    log: openDecisionLog(RETRAINING_TOPIC, location, clientLog),
    events,
  });
  const appender = openDecisionAppender(RETRAINING_TOPIC, location, clientLog);
  return {
    projection,
    commands: createRetrainingCommands({ projection, appender, nowMs: Date.now, newEventId: randomUUID }),
    start: (onWaiting) => projection.start(onWaiting),
    async close() {
      await Promise.all([projection.close(), appender.close()]);
    },
  };
}
