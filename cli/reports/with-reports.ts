import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import type { ReportService } from '@scoreline/runtime/reports/report-service.ts';
import { findCandidatePackage, readRegistryState } from './candidate-package.ts';
import type { ReportConfig } from './config.ts';

/** A report over years of leads takes its time. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Opens reports on what the environment names, does `work` with them and the registry, and lets go of them. */
export async function withReports<T>(
  config: ReportConfig,
  work: (reports: ReportService, registry: RegistryState) => Promise<T>,
): Promise<T> {
  const registry = await readRegistryState();
  const open = openReports({
    clickHouse: toClickHouseSettings(config, REQUEST_TIMEOUT_MS),
    ...toKafkaAccess(config),
    topicPrefix: config.TOPIC_PREFIX,
    findPackage: findCandidatePackage(config, async () => registry),
    clientLog: () => {},
  });
  try {
    return await work(open.reports, registry);
  } finally {
    await open.close();
  }
}
