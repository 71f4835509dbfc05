import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import type { ModelLifecycle } from '@scoreline/runtime/model-lifecycle/model-lifecycle.ts';
import { openLifecycle, type OpenLifecycle } from '@scoreline/runtime/model-lifecycle/open-lifecycle.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { createGateAsker } from '@scoreline/runtime/reports/ask-gate.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import type { DecisionLocation } from '@scoreline/runtime/decision-log/open-log.ts';
import { type RegistryConfig, requireRegistryConfig } from './config.ts';
import { withStarted } from './with-started.ts';

/** Opens the registry that the environment names, does `work` with it, and lets go of it. */
export async function withLifecycle<T>(
  work: (lifecycle: ModelLifecycle) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const open = openRegistry(requireRegistryConfig(env));
  return withStarted(open, 'the model registry', () => work(open.lifecycle));
}

/** Where a command finds the logs of decisions. */
export function locateLogs(config: RegistryConfig): DecisionLocation {
  return {
    ...toKafkaAccess(config),
    schemaRegistry: toRegistryAccess(config),
    topicPrefix: config.TOPIC_PREFIX,
    service: 'cli',
  };
}

/** The registry's lifecycle with the gate that it asks; nothing is read before it is started. */
export function openRegistry(config: RegistryConfig): OpenLifecycle {
  const location = locateLogs(config);
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const clientLog = (): void => {};
  const { reports, close } = openReports({
    clickHouse: toClickHouseSettings(config),
    ...location,
    // The gate is asked about packages that are at hand.
    findPackage: async () => undefined,
    clientLog,
  });
  const askGate = createGateAsker(reports);
  const open = openLifecycle({ location, store, askGate, events: SILENT_PROJECTION, clientLog });
  return {
    ...open,
    async close() {
      await Promise.all([open.close(), close()]);
    },
  };
}
