import { randomUUID } from 'node:crypto';
import type { Lineup } from '@scoreline/pipeline/lineup.ts';
import { createModelSlot } from '@scoreline/pipeline/model-slot.ts';
import { createVersionOpener } from '@scoreline/pipeline/open-version.ts';
import { createScoringEvents, type ScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { createSharedModels } from '@scoreline/pipeline/shared-models.ts';
import { createScoringThreads } from '@scoreline/pipeline/threads/scoring-threads.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { toHttpSettings } from '@scoreline/runtime/http/config.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { createRegistryProjection, REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import {
  createRolloutEvents,
  createRolloutProjection,
  ROLLOUT_TOPIC,
} from '@scoreline/runtime/rollouts/rollout-log.ts';
import { tellCertificateEnds } from '@scoreline/runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { readScorerConfig } from './config.ts';
import { createScorerHttp } from './http.ts';
import { followLineups, type Lineups, pinLineup } from './lineups.ts';
import { createLeadPublisher } from './publish-lead.ts';
import { createTreatments } from './treatments.ts';

const config = loadConfigOrExit(readScorerConfig);
const telemetry = createTelemetry({ service: 'scorer', logLevel: config.LOG_LEVEL });
tellCertificateEnds(telemetry, config);

const location = {
  ...toKafkaAccess(config),
  schemaRegistry: toRegistryAccess(config),
  topicPrefix: config.TOPIC_PREFIX,
  service: 'scorer',
};

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createScoringEvents(telemetry);
  const readiness = createReadiness(telemetry.log);
  const lineups = openLineups(events);
  const threads = createScoringThreads(config.SCORING_THREADS, events);
  const publisher = createPublisher(asClient(location, 'scoreline-http'), events.clientLog);
  const http = createScorerHttp({
    telemetry,
    health: readiness.health,
    settings: toHttpSettings(config),
    currentLineup: lineups.current,
    publishLead: createLeadPublisher({
      registry: createRegistryClient(location.schemaRegistry),
      publisher,
      topic: `${config.TOPIC_PREFIX}lead-created`,
      nowMs: Date.now,
    }),
    nowMs: Date.now,
    newEventId: randomUUID,
  });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  await lineups.start(readiness.waitFor);
  await untilAvailable(() => publisher.connect(), readiness.waitFor);
  const consumer = await createScoringConsumer(
    {
      ...location,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentLineup: () => inMemory(lineups.current()),
      onFenced: () => lineups.catchUp(),
      threads,
      events,
    },
    readiness.waitFor,
  );
  await consumer.start(readiness.waitFor);
  readiness.follow(() => consumer.notReady(), lineups.describe);
  return {
    failed: Promise.race([consumer.failed, lineups.failed]),
    async stop() {
      await Promise.all([consumer.stop(), threads.close()]);
      // First: leads that wait for a model are scored, and published, before those go.
      await http.close();
      await Promise.all([publisher.close(), lineups.close()]);
    },
  };
});

/** MODEL pins a package of MODELS_DIR; without it the registry and the rollouts decide, and the store has the bytes. */
function openLineups(events: ScoringEvents): Lineups {
  const { MODEL: pinned, MODELS_DIR } = config;
  if (pinned !== undefined) {
    telemetry.log.info({ model: pinned }, 'MODEL pins a version: registry and rollouts are ignored');
    return pinLineup(createModelSlot({ open: (ref) => openPackage(MODELS_DIR, ref), events }), pinned);
  }
  const registry = createRegistryProjection({
    log: openDecisionLog(REGISTRY_TOPIC, location, events.clientLog),
    events: createRegistryEvents(telemetry),
  });
  const rollouts = createRolloutProjection({
    log: openDecisionLog(ROLLOUT_TOPIC, location, events.clientLog),
    events: createRolloutEvents(telemetry),
  });
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const models = createSharedModels(createVersionOpener(store, registry.state));
  const asTreatment = { ...events, modelSwitched: events.treatmentLoaded };
  return followLineups({
    registry,
    rollouts,
    slot: createModelSlot({ open: models.open, events }),
    treatments: createTreatments(() => createModelSlot({ open: models.open, events: asTreatment })),
    models,
    onTraffic: events.trafficChanged,
  });
}

/** Batches come after `lineups.start`, which resolves with a model in memory. */
function inMemory(lineup: Lineup | undefined): Lineup {
  if (lineup === undefined) throw new Error('a batch came before a model was in memory');
  return lineup;
}
