import { randomUUID } from 'node:crypto';
import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import { createModelSlot, type ModelSlot } from '@scoreline/pipeline/model-slot.ts';
import { createVersionOpener } from '@scoreline/pipeline/open-version.ts';
import { createScoringEvents, type ScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { createRegistryProjection, REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { readScorerConfig } from './config.ts';
import { createScorerHttp } from './http.ts';
import { followProduction, pinProduction, type Production } from './production.ts';
import { createLeadPublisher } from './publish-lead.ts';

const config = loadConfigOrExit(readScorerConfig);
const telemetry = createTelemetry({ service: 'scorer', logLevel: config.LOG_LEVEL });

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createScoringEvents(telemetry);
  const readiness = createReadiness(telemetry.log);
  const { slot, production } = openProduction(events);
  const publisher = createPublisher(
    { brokers: config.KAFKA_BROKERS, clientId: 'scoreline-http' },
    events.clientLog,
  );
  const http = createScorerHttp({
    telemetry,
    health: readiness.health,
    currentModel: slot.current,
    publishLead: createLeadPublisher({
      registry: createRegistryClient({ url: config.SCHEMA_REGISTRY_URL }),
      publisher,
      topic: `${config.TOPIC_PREFIX}lead-created`,
      nowMs: Date.now,
    }),
    nowMs: Date.now,
    newEventId: randomUUID,
  });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  await production.start(readiness.waitFor);
  await untilAvailable(() => publisher.connect(), readiness.waitFor);
  const consumer = await createScoringConsumer(
    {
      brokers: config.KAFKA_BROKERS,
      registryUrl: config.SCHEMA_REGISTRY_URL,
      topicPrefix: config.TOPIC_PREFIX,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentLineup: () => aloneInLineup(inMemory(slot.current())),
      onFenced: () => production.catchUp(),
      events,
    },
    readiness.waitFor,
  );
  await consumer.start(readiness.waitFor);
  readiness.follow(() => consumer.notReady(), production.describe);
  return {
    failed: Promise.race([consumer.failed, production.failed]),
    async stop() {
      await consumer.stop();
      await Promise.all([http.close(), publisher.close(), production.close()]);
    },
  };
});

/** MODEL pins a package of MODELS_DIR; without it the registry decides, and the artifact store has the bytes. */
function openProduction(events: ScoringEvents): { slot: ModelSlot; production: Production } {
  const { MODEL: pinned, MODELS_DIR } = config;
  if (pinned !== undefined) {
    const slot = createModelSlot({ open: (ref) => openPackage(MODELS_DIR, ref), events });
    return { slot, production: pinProduction(slot, pinned) };
  }
  const location = {
    brokers: config.KAFKA_BROKERS,
    schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    topicPrefix: config.TOPIC_PREFIX,
    service: 'scorer',
  };
  const log = openDecisionLog(REGISTRY_TOPIC, location, events.clientLog);
  const projection = createRegistryProjection({ log, events: createRegistryEvents(telemetry) });
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const slot = createModelSlot({ open: createVersionOpener(store, projection.state), events });
  return { slot, production: followProduction(slot, projection) };
}

/** Batches come after `production.start`, which resolves with a model in memory. */
function inMemory(model: LoadedModel | undefined): LoadedModel {
  if (model === undefined) throw new Error('a batch came before a model was in memory');
  return model;
}
