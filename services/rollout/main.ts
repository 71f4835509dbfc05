import { randomUUID } from 'node:crypto';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { CONTROLLER } from '@scoreline/core/rollout/state.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { openDecisionAppender, openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { toHttpSettings } from '@scoreline/runtime/http/config.ts';
import { createHttpServer } from '@scoreline/runtime/http/server.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { type OpenLifecycle, openLifecycle } from '@scoreline/runtime/model-lifecycle/open-lifecycle.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import { createRepeatedTask } from '@scoreline/runtime/repeated-task.ts';
import { createGateAsker } from '@scoreline/runtime/reports/ask-gate.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import { createPackageFinder } from '@scoreline/runtime/reports/package-finder.ts';
import { createRolloutMeasurer } from '@scoreline/runtime/rollouts/measure/measurer.ts';
import { createEvaluationRecorder } from '@scoreline/runtime/rollouts/measure/record-evaluation.ts';
import {
  createRolloutCommands,
  createRolloutEvents,
  createRolloutProjection,
  ROLLOUT_TOPIC,
} from '@scoreline/runtime/rollouts/rollout-log.ts';
import { tellCertificateEnds } from '@scoreline/runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { readRolloutConfig } from './config.ts';
import { createController, type Promotion } from './controller.ts';
import { type ControllerEvents, createControllerEvents } from './controller-events.ts';
import { createLeadership } from './leadership.ts';

const LOOK_EVERY_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** A measurement over years of leads takes its time. */
const MEASURE_TIMEOUT_MS = 30_000;

const config = loadConfigOrExit(readRolloutConfig);
const telemetry = createTelemetry({ service: 'rollout', logLevel: config.LOG_LEVEL });
tellCertificateEnds(telemetry, config);
const location = {
  ...toKafkaAccess(config),
  schemaRegistry: toRegistryAccess(config),
  topicPrefix: config.TOPIC_PREFIX,
  service: 'rollout',
};

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createControllerEvents(telemetry);
  const readiness = createReadiness(telemetry.log);
  const http = createHttpServer({ telemetry, health: readiness.health, settings: toHttpSettings(config) });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });

  const log = openDecisionLog(ROLLOUT_TOPIC, location, events.clientLog);
  const rollouts = createRolloutProjection({ log, events: createRolloutEvents(telemetry) });
  const appender = openDecisionAppender(ROLLOUT_TOPIC, location, events.clientLog);
  const models = openModels(events);
  const database = createDatabase(toClickHouseSettings(config, MEASURE_TIMEOUT_MS));
  const leadership = createLeadership({ ...location, events });
  const measurer = createRolloutMeasurer({ database, topicPrefix: config.TOPIC_PREFIX });
  const look = createController({
    rollouts,
    registry: models.projection,
    commands: createRolloutCommands({
      projection: rollouts,
      appender,
      nowMs: Date.now,
      newEventId: randomUUID,
    }),
    promote: (ref, reason) => decideOnModel(models, { type: 'promote', ref, reason }),
    takeBack: (ref, reason) => decideOnModel(models, { type: 'rollback', ref, reason }),
    measure: measurer.measure,
    record: createEvaluationRecorder(database),
    isLeader: leadership.isLeader,
    events,
    nowMs: Date.now,
  });
  const task = createRepeatedTask({
    turn: () => {
      events.led(leadership.isLeader());
      return look();
    },
    everyMs: LOOK_EVERY_MS,
    maxPauseMs: LONGEST_PAUSE_MS,
    onError: (error) => events.taskFailed('look', error),
  });
  await Promise.all([rollouts.start(readiness.waitFor), models.projection.start(readiness.waitFor)]);
  await leadership.start(readiness.waitFor);
  task.start();
  readiness.follow(
    () => leadership.notReady() ?? rollouts.notReady() ?? models.projection.notReady() ?? task.problem(),
    () => ({ leader: leadership.isLeader(), rollout: rollouts.state().latest?.id ?? null }),
  );
  return {
    failed: Promise.race([leadership.failed, rollouts.failed, models.projection.failed]),
    async stop() {
      await task.stop();
      await leadership.stop();
      await Promise.all([rollouts.close(), appender.close(), models.close(), database.close(), http.close()]);
    },
  };
});

interface OpenModels extends Pick<OpenLifecycle, 'lifecycle' | 'projection' | 'close'> {}

/** The models' lifecycle, with the gate whose answer a promotion carries as evidence. */
function openModels({ clientLog }: ControllerEvents): OpenModels {
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const { reports, close: closeReports } = openReports({
    clickHouse: toClickHouseSettings(config, MEASURE_TIMEOUT_MS),
    ...location,
    findPackage: createPackageFinder({
      store,
      registryState: () => opened.lifecycle.state(),
      modelsDir: config.MODELS_DIR,
    }),
    clientLog,
  });
  const opened = openLifecycle({
    location,
    store,
    askGate: createGateAsker(reports),
    events: createRegistryEvents(telemetry),
    clientLog,
  });
  return {
    ...opened,
    async close() {
      await Promise.all([opened.close(), closeReports()]);
    },
  };
}

async function decideOnModel(
  { lifecycle }: Pick<OpenLifecycle, 'lifecycle'>,
  decision: { readonly type: 'promote' | 'rollback'; readonly ref: VersionRef; readonly reason: string },
): Promise<Promotion> {
  const outcome = await lifecycle.execute({ ...decision, actor: CONTROLLER });
  if (outcome.ok) return { ok: true };
  const { code, message } = outcome;
  const retry = code === 'unavailable' || code === 'conflict' || code.startsWith('artifact.');
  return { ok: false, retry, message };
}
