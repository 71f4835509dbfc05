import type { ClickHouseSettings } from '../clickhouse/client.ts';
import { createDatabase } from '../clickhouse/database.ts';
import type { KafkaLogSink } from '../kafka/client.ts';
import { asClient, type KafkaAccess } from '../kafka/settings.ts';
import type { FindPackage } from './check-package.ts';
import { type GroupProgress, openGroupProgress } from '../kafka/group-progress.ts';
import { createReportService, type ReportService, ReportUnavailable } from './report-service.ts';

export interface ReportSettings extends KafkaAccess {
  readonly clickHouse: ClickHouseSettings;
  readonly topicPrefix: string;
  /** The folder of a version's package; undefined: there is none. */
  readonly findPackage: FindPackage;
  readonly clientLog: KafkaLogSink;
}

/** Reports with what they hold open. */
export interface OpenReports {
  readonly reports: ReportService;
  close(): Promise<void>;
}

/** Puts reports together; Kafka and ClickHouse are connected to with the first one, and again where that failed. */
export function openReports(settings: ReportSettings): OpenReports {
  const kafka = asClient(settings, 'scoreline-reports');
  const database = createDatabase(settings.clickHouse);
  let opened: Promise<GroupProgress> | undefined;
  const progress = (): Promise<GroupProgress> => {
    opened ??= openGroupProgress(kafka, settings.clientLog).catch((error: unknown) => {
      opened = undefined;
      throw unavailable(error);
    });
    return opened;
  };
  return {
    reports: createReportService({
      database,
      topicPrefix: settings.topicPrefix,
      async readCommitted(groupId, topic) {
        const connected = await progress();
        return connected.readCommitted(groupId, topic).catch((error: unknown) => {
          throw unavailable(error);
        });
      },
      findPackage: settings.findPackage,
      nowMs: Date.now,
    }),
    async close() {
      const connected = await opened?.catch(() => undefined);
      await Promise.all([connected?.close(), database.close()]);
    },
  };
}

function unavailable(error: unknown): ReportUnavailable {
  const reason = error instanceof Error ? error.message : String(error);
  return new ReportUnavailable(`the candidate's consumer group can't be asked: ${reason}`, { cause: error });
}
