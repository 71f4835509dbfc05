import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { createHttpServer } from '@scoreline/runtime/http/server.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { readShadowConfig } from './config.ts';

const config = loadConfigOrExit((env) => readShadowConfig(env, process.argv.slice(2)));
const telemetry = createTelemetry({ service: 'shadow', logLevel: config.LOG_LEVEL });

await runService(telemetry.log, async (): Promise<RunningService> => {
  const readiness = createReadiness(telemetry.log);
  const http = createHttpServer({ telemetry, health: readiness.health });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  if (config.CANDIDATE === undefined) {
    readiness.waitFor('no candidate: set CANDIDATE=<name>@<version> to shadow production with it');
    return { stop: () => http.close(), failed: new Promise(() => {}) };
  }
  const events = createScoringEvents(telemetry);
  const model = await openPackage(config.MODELS_DIR, config.CANDIDATE);
  events.modelLoaded(model);

  const consumer = await createScoringConsumer(
    {
      brokers: config.KAFKA_BROKERS,
      registryUrl: config.SCHEMA_REGISTRY_URL,
      topicPrefix: config.TOPIC_PREFIX,
      group: `shadow.${config.CANDIDATE}`,
      scoresTopic: 'lead-shadow-scores',
      role: 'shadow',
      start:
        config.SHADOW_FROM === 'beginning' ? 'earliest' : { timestampMs: Date.parse(config.SHADOW_FROM) },
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
      await Promise.all([http.close(), model.close()]);
    },
  };
});
