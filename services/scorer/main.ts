import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { createHttpServer } from '@scoreline/runtime/http/server.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { readScorerConfig } from './config.ts';

const config = loadConfigOrExit(readScorerConfig);
const telemetry = createTelemetry({ service: 'scorer', logLevel: config.LOG_LEVEL });

await runService(telemetry.log, async (): Promise<RunningService> => {
  const events = createScoringEvents(telemetry);
  const readiness = createReadiness();
  const http = createHttpServer({ telemetry, health: readiness.health });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });

  const model = await openPackage(config.MODELS_DIR, config.MODEL);
  events.modelLoaded(model);

  const consumer = await createScoringConsumer({
    brokers: config.KAFKA_BROKERS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    topicPrefix: config.TOPIC_PREFIX,
    group: 'scorer',
    scoresTopic: 'lead-scores',
    role: 'production',
    currentModel: () => model,
    events,
  });
  await consumer.start();
  readiness.follow(() => consumer.notReady());
  return {
    failed: consumer.failed,
    async stop() {
      await consumer.stop();
      await Promise.all([http.close(), model.close()]);
    },
  };
});
