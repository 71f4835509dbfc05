import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { openLifecycle } from '@scoreline/runtime/model-lifecycle/open-lifecycle.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { readApiConfig } from './config.ts';
import { createApiHttp } from './http.ts';
import { createJournal } from './journal.ts';
import { createRegistryRoutes } from './registry-routes.ts';

const config = loadConfigOrExit(readApiConfig);
const telemetry = createTelemetry({ service: 'api', logLevel: config.LOG_LEVEL });

await runService(telemetry.log, async (): Promise<RunningService> => {
  const readiness = createReadiness(telemetry.log);
  const registry = openLifecycle({
    location: {
      brokers: config.KAFKA_BROKERS,
      schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
      topicPrefix: config.TOPIC_PREFIX,
      service: 'api',
    },
    store: createArtifactStore(toArtifactStoreSettings(config)),
    askGate: async () => ({ known: false, summary: 'no reports here' }),
    events: createRegistryEvents(telemetry),
    clientLog: (level, message) => telemetry.log[level](message),
  });
  const journal = createJournal(registry.projection);
  const http = createApiHttp({
    telemetry,
    health: readiness.health,
    routes: [createRegistryRoutes({ lifecycle: registry.lifecycle, journal })],
  });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  await registry.start(readiness.waitFor);
  readiness.follow(() => registry.projection.notReady());
  return {
    failed: registry.projection.failed,
    async stop() {
      await http.close();
      await registry.close();
    },
  };
});
