import type { Version } from '@scoreline/core/shadow/report.ts';
import type { ClickHouseSettings } from '../clickhouse/client.ts';
import { createDatabase } from '../clickhouse/database.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import { openGroupProgress } from '../kafka/group-progress.ts';
import { createReportService, type ReportService } from './report-service.ts';

export interface ReportSettings {
  readonly clickHouse: ClickHouseSettings;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** The folder of a version's package; undefined: there is none. */
  readonly findPackage: (version: Version) => Promise<string | undefined>;
  readonly clientLog: KafkaLogSink;
}

/** Reports with what they hold open. */
export interface OpenReports {
  readonly reports: ReportService;
  close(): Promise<void>;
}

/** Connects to Kafka, with about ten seconds of retries; ClickHouse is asked with the first report. */
export async function openReports(settings: ReportSettings): Promise<OpenReports> {
  const kafka = { brokers: settings.brokers, clientId: 'scoreline-reports' };
  const progress = await openGroupProgress(kafka, settings.clientLog);
  const database = createDatabase(settings.clickHouse);
  return {
    reports: createReportService({
      database,
      topicPrefix: settings.topicPrefix,
      readCommitted: progress.readCommitted,
      findPackage: settings.findPackage,
      nowMs: Date.now,
    }),
    async close() {
      await Promise.all([progress.close(), database.close()]);
    },
  };
}
