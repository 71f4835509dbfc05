import { randomUUID } from 'node:crypto';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { readScorerConfig } from './config.ts';
import { createScorerHttp } from './http.ts';
import { createLeadPublisher } from './publish-lead.ts';

const config = loadConfigOrExit(readScorerConfig);
const telemetry = createTelemetry({ service: 'scorer', logLevel: config.LOG_LEVEL });

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createScoringEvents(telemetry);
  const readiness = createReadiness(telemetry.log);
  const registry = createRegistryClient({ url: config.SCHEMA_REGISTRY_URL });
  const publisher = createPublisher(
    { brokers: config.KAFKA_BROKERS, clientId: 'scoreline-http' },
    events.clientLog,
  );
  let loaded: LoadedModel | undefined;
  const http = createScorerHttp({
    telemetry,
    health: readiness.health,
    currentModel: () => loaded,
    publishLead: createLeadPublisher({
      registry,
      publisher,
      topic: `${config.TOPIC_PREFIX}lead-created`,
      nowMs: Date.now,
    }),
    nowMs: Date.now,
    newEventId: randomUUID,
  });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });

  const model = await openPackage(config.MODELS_DIR, config.MODEL);
  loaded = model;
  events.modelLoaded(model);

  await untilAvailable(() => publisher.connect(), readiness.waitFor);
  const consumer = await createScoringConsumer(
    {
      brokers: config.KAFKA_BROKERS,
      registryUrl: config.SCHEMA_REGISTRY_URL,
      topicPrefix: config.TOPIC_PREFIX,
      group: 'scorer',
      scoresTopic: 'lead-scores',
      role: 'production',
      currentModel: () => model,
      events,
    },
    readiness.waitFor,
  );
  await consumer.start(readiness.waitFor);
  readiness.follow(() => consumer.notReady());
  return {
    failed: consumer.failed,
    async stop() {
      await consumer.stop();
      await Promise.all([http.close(), publisher.close(), model.close()]);
    },
  };
});
