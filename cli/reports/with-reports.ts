import { existsSync } from 'node:fs';
import { findPackage } from '@scoreline/runtime/model-package/find.ts';
import { openReports } from '@scoreline/runtime/reports/open-reports.ts';
import type { ReportService } from '@scoreline/runtime/reports/report-service.ts';
import type { ReportConfig } from './config.ts';

/** Opens reports on what the environment names, does `work` with them, and lets go of them. */
export async function withReports<T>(
  config: ReportConfig,
  work: (reports: ReportService) => Promise<T>,
): Promise<T> {
  const open = await openReports({
    clickHouse: {
      url: config.CLICKHOUSE_URL,
      database: config.CLICKHOUSE_DATABASE,
      username: config.CLICKHOUSE_USER,
      password: config.CLICKHOUSE_PASSWORD,
      requestTimeoutMs: 120_000,
    },
    brokers: config.KAFKA_BROKERS,
    topicPrefix: config.TOPIC_PREFIX,
    findPackage: async ({ model, version }) => {
      const dir = findPackage(config.MODELS_DIR, `${model}@${version}`);
      return dir !== undefined && existsSync(dir) ? dir : undefined;
    },
    clientLog: () => {},
  });
  try {
    return await work(open.reports);
  } finally {
    await open.close();
  }
}
