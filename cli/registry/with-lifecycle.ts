import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import type { ModelLifecycle } from '@scoreline/runtime/model-lifecycle/model-lifecycle.ts';
import { openLifecycle, type OpenLifecycle } from '@scoreline/runtime/model-lifecycle/open-lifecycle.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { createGateAsker } from '@scoreline/runtime/reports/ask-gate.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { readRegistryConfig, type RegistryConfig } from './config.ts';

/** Why a command could not be tried at all; told to the person as it is. */
export class CommandFailed extends Error {}

/** How long a command waits for brokers, schema registry and topic before it gives up. */
const PATIENCE_MS = 15_000;

/** Opens the registry that the environment names, does `work` with it, and lets go of it. */
export async function withLifecycle<T>(
  work: (lifecycle: ModelLifecycle) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const config = readRegistryConfig(env);
  if (!config.ok)
    throw new CommandFailed(config.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const waiting = createPatience();
  const open = openParts(config.config);
  try {
    await Promise.race([open.start(waiting.onWaiting), waiting.lost]);
    waiting.end();
    return await work(open.lifecycle);
  } finally {
    waiting.end();
    await open.close();
  }
}

function openParts(config: RegistryConfig): OpenLifecycle {
  const location = {
    brokers: config.KAFKA_BROKERS,
    schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    topicPrefix: config.TOPIC_PREFIX,
    service: 'cli',
  };
  const store = createArtifactStore(toArtifactStoreSettings(config));
  const clientLog = (): void => {};
  const { reports, close } = openReports({
    clickHouse: toClickHouseSettings(config),
    brokers: config.KAFKA_BROKERS,
    topicPrefix: config.TOPIC_PREFIX,
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

/** `lost` rejects, with what was waited for last, once patience has run out. */
function createPatience() {
  let reason = 'no answer';
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new CommandFailed(`the model registry can't be reached: ${reason}`)),
    PATIENCE_MS,
  );
  lost.catch(() => undefined);
  return { lost, onWaiting: (why: string) => void (reason = why), end: () => clearTimeout(timer) };
}
