import { stagingVersions } from '@scoreline/core/registry/state.ts';
import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Version } from '@scoreline/core/shadow/report.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { createAlertReader } from '@scoreline/runtime/alerts/alert-reader.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { toHttpSettings } from '@scoreline/runtime/http/config.ts';
import type { KafkaLogSink } from '@scoreline/runtime/kafka/client.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { openLifecycle } from '@scoreline/runtime/model-lifecycle/open-lifecycle.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { createGateAsker } from '@scoreline/runtime/reports/ask-gate.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import { createPackageFinder } from '@scoreline/runtime/reports/package-finder.ts';
import type { RegistryProjection } from '@scoreline/runtime/registry/projection.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import { openRetraining } from '@scoreline/runtime/retraining/open-retraining.ts';
import { createRetrainingEvents } from '@scoreline/runtime/retraining/retraining-log.ts';
import { openRollouts } from '@scoreline/runtime/rollouts/open-rollouts.ts';
import { createRolloutEvents } from '@scoreline/runtime/rollouts/rollout-log.ts';
import { tellCertificateEnds } from '@scoreline/runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { createAlertRoutes } from './alert-routes.ts';
import { readApiConfig } from './config.ts';
import { createApiHttp } from './http.ts';
import { createJournal } from './journal.ts';
import { createPeriodicReportRoutes } from './periodic-report-routes.ts';
import { createRegistryRoutes } from './registry-routes.ts';
import { createReportRoutes } from './report-routes.ts';
import { createRetrainingRoutes } from './retraining-routes.ts';
import { createRolloutRoutes } from './rollout-routes.ts';

/** A report over years of leads takes its time. */
const REPORT_REQUEST_TIMEOUT_MS = 60_000;
const READ_TIMEOUT_MS = 10_000;

const config = loadConfigOrExit(readApiConfig);
const telemetry = createTelemetry({ service: 'api', logLevel: config.LOG_LEVEL });
tellCertificateEnds(telemetry, config);

const location = {
  ...toKafkaAccess(config),
  schemaRegistry: toRegistryAccess(config),
  topicPrefix: config.TOPIC_PREFIX,
  service: 'api',
};

await runService(telemetry.log, async (): Promise<RunningService> => {
  const readiness = createReadiness(telemetry.log);
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const clientLog: KafkaLogSink = (level, message) => telemetry.log[level](message);
  const { reports, close: closeReports } = openReports({
    clickHouse: toClickHouseSettings(config, REPORT_REQUEST_TIMEOUT_MS),
    ...location,
    findPackage: createPackageFinder({
      store,
      registryState: () => registry.lifecycle.state(),
      modelsDir: config.MODELS_DIR,
    }),
    clientLog,
  });
  const registry = openLifecycle({
    location,
    store,
    askGate: createGateAsker(reports),
    events: createRegistryEvents(telemetry),
    clientLog,
  });
  const rollouts = openRollouts({
    location,
    clickHouse: toClickHouseSettings(config, REPORT_REQUEST_TIMEOUT_MS),
    lifecycle: registry.lifecycle,
    events: createRolloutEvents(telemetry),
    clientLog,
  });
  const retraining = openRetraining({ location, events: createRetrainingEvents(telemetry), clientLog });
  const database = createDatabase(toClickHouseSettings(config, READ_TIMEOUT_MS));
  const journal = createJournal(registry.projection);
  const http = createApiHttp({
    telemetry,
    health: readiness.health,
    settings: toHttpSettings(config),
    routes: [
      createRegistryRoutes({ lifecycle: registry.lifecycle, journal }),
      createReportRoutes({ reports, listStaging: () => listStaging(registry.projection) }),
      createRolloutRoutes(rollouts.service),
      createRetrainingRoutes(retraining.projection),
      createAlertRoutes(createAlertReader(database)),
      createPeriodicReportRoutes(database),
    ],
  });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  const logs = [registry, rollouts, retraining];
  await Promise.all(logs.map((log) => log.start(readiness.waitFor)));
  readiness.follow(() => findProblem(logs));
  return {
    failed: Promise.race(logs.map(({ projection }) => projection.failed)),
    async stop() {
      await http.close();
      await Promise.all([...logs.map((log) => log.close()), closeReports(), database.close()]);
    },
  };
});

function listStaging(projection: RegistryProjection): readonly Version[] {
  return stagingVersions(projection.state()).map(({ ref }) => splitVersionRef(ref));
}

/** Why one of the logs can't be followed now; undefined: all can. */
function findProblem(
  logs: readonly { readonly projection: { notReady(): string | undefined } }[],
): string | undefined {
  return logs.map(({ projection }) => projection.notReady()).find((reason) => reason !== undefined);
}
