import type { DecisionEvent, DecisionState, Fold } from '@scoreline/core/decisions/decision.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { toHttpSettings } from '@scoreline/runtime/http/config.ts';
import { createHttpServer } from '@scoreline/runtime/http/server.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { type DecisionTopic, openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { REGISTRY_FOLD, REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import { ROLLOUT_FOLD, ROLLOUT_TOPIC } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { openRetraining } from '@scoreline/runtime/retraining/open-retraining.ts';
import {
  createRetrainingEvents,
  RETRAINING_FOLD,
  RETRAINING_TOPIC,
} from '@scoreline/runtime/retraining/retraining-log.ts';
import { tellCertificateEnds } from '@scoreline/runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { readDriftConfig } from './config.ts';
import { createDecisionSink, type DecisionSink, type DecisionTable } from './decisions/decision-sink.ts';
import { MODEL_EVENTS } from './decisions/model-events.ts';
import { RETRAINING_REQUESTS } from './decisions/retraining-requests.ts';
import { ROLLOUT_EVENTS } from './decisions/rollout-events.ts';
import { createDriftEvents, type DriftEvents } from './drift-events.ts';
import { createDriftService } from './drift-service.ts';
import { createRegisteredFinder } from './registry/find-registered.ts';

const config = loadConfigOrExit(readDriftConfig);
const telemetry = createTelemetry({ service: 'drift', logLevel: config.LOG_LEVEL });
tellCertificateEnds(telemetry, config);

/** Windows over many rows take their time. */
const DATABASE_TIMEOUT_MS = 60_000;

const LOCATION = {
  ...toKafkaAccess(config),
  schemaRegistry: toRegistryAccess(config),
  topicPrefix: config.TOPIC_PREFIX,
  service: 'drift',
};

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createDriftEvents(telemetry);
  const readiness = createReadiness(telemetry.log);
  const http = createHttpServer({ telemetry, health: readiness.health, settings: toHttpSettings(config) });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });

  const database = createDatabase(toClickHouseSettings(config, DATABASE_TIMEOUT_MS));
  const publisher = createPublisher(asClient(LOCATION, 'scoreline-alerts'), events.clientLog);
  await untilAvailable(() => publisher.connect(), readiness.waitFor);
  const scorer = await untilAvailable(
    () => openGroupProgress(asClient(LOCATION, 'scoreline-drift'), events.clientLog),
    readiness.waitFor,
  );
  const leadsWaiting = (): Promise<number> =>
    scorer.readLag(`${config.TOPIC_PREFIX}scorer`, `${config.TOPIC_PREFIX}lead-created`);
  const models = openDecisions(REGISTRY_TOPIC, REGISTRY_FOLD, MODEL_EVENTS, { database, events });
  const rollouts = openDecisions(ROLLOUT_TOPIC, ROLLOUT_FOLD, ROLLOUT_EVENTS, { database, events });
  const requests = openDecisions(RETRAINING_TOPIC, RETRAINING_FOLD, RETRAINING_REQUESTS, {
    database,
    events,
  });
  for (const decisions of [models, rollouts, requests]) decisions.start();
  const retraining = openRetraining({
    location: LOCATION,
    events: createRetrainingEvents(telemetry),
    clientLog: events.clientLog,
  });
  // In the background: leads are watched also where nothing can be asked for.
  // What keeps it from being read is told by the task that needs it.
  void retraining.start(() => {}).catch(() => undefined);
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const findRegistered = createRegisteredFinder(store, models.state);
  const drift = await createDriftService(
    { config, database, publisher, events, leadsWaiting, retraining, findRegistered },
    readiness.waitFor,
  );
  await drift.start(readiness.waitFor);
  readiness.follow(() => drift.notReady());
  return {
    failed: drift.failed,
    async stop() {
      await Promise.all([
        drift.stop(),
        models.close(),
        rollouts.close(),
        requests.close(),
        retraining.close(),
      ]);
      await Promise.all([http.close(), publisher.close(), scorer.close(), database.close()]);
    },
  };
});

/** The decisions of a log on their way into ClickHouse. */
function openDecisions<S extends DecisionState, E extends DecisionEvent>(
  topic: DecisionTopic<E>,
  fold: Fold<S, E>,
  table: DecisionTable<S, E>,
  { database, events }: { database: Database; events: DriftEvents },
): DecisionSink<S> {
  return createDecisionSink({
    log: openDecisionLog(topic, LOCATION, events.clientLog),
    fold,
    table,
    topic: `${config.TOPIC_PREFIX}${topic.name}`,
    database,
    events,
    nowMs: Date.now,
  });
}
