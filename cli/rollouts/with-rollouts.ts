import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { openRollouts } from '@scoreline/runtime/rollouts/open-rollouts.ts';
import type { RolloutService } from '@scoreline/runtime/rollouts/rollout-service.ts';
import { requireRegistryConfig } from '../registry/config.ts';
import { locateLogs, openRegistry } from '../registry/with-lifecycle.ts';
import { withStarted } from '../registry/with-started.ts';

/** Whoever asks at night waits no longer for a ClickHouse that hangs; one that is away says so at once. */
const MEASURE_TIMEOUT_MS = 10_000;

/**
 * What a command asks besides the rollouts. Decisions about one that is there ask nothing: whoever ends it must be able
 * to with the model registry, the store and ClickHouse away.
 */
export type AlsoAsked = 'registry' | 'nothing';

/** Opens the rollouts that the environment names, does `work` with them, and lets go of them. */
export async function withRollouts<T>(
  also: AlsoAsked,
  work: (rollouts: RolloutService) => Promise<T>,
): Promise<T> {
  const config = requireRegistryConfig(process.env);
  const registry = openRegistry(config);
  const rollouts = openRollouts({
    location: locateLogs(config),
    clickHouse: toClickHouseSettings(config, MEASURE_TIMEOUT_MS),
    lifecycle: registry.lifecycle,
    events: SILENT_PROJECTION,
    clientLog: () => {},
  });
  const both = {
    async start(onWaiting: (reason: string) => void) {
      const logs = also === 'registry' ? [registry, rollouts] : [rollouts];
      await Promise.all(logs.map((log) => log.start(onWaiting)));
    },
    async close() {
      await Promise.all([registry.close(), rollouts.close()]);
    },
  };
  return withStarted(both, 'the rollouts', () => work(rollouts.service));
}
