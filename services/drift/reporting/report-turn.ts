import { reportId } from '@scoreline/core/reports/build-report.ts';
import { duePeriods, type Period } from '@scoreline/core/reports/period.ts';
import { toReportAlert } from '@scoreline/core/reports/report-alert.ts';
import type { ReportScope } from '@scoreline/core/reports/report.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { text, time } from '@scoreline/runtime/clickhouse/literals.ts';
import { storeReport } from '@scoreline/runtime/periodic-reports/report-store.ts';
import { writeReport } from '@scoreline/runtime/periodic-reports/write-report.ts';
import { readServedVersions, type ServedVersion } from '@scoreline/runtime/retraining/served-versions.ts';
import { announce, isAnnounced, readOpen, withdraw } from '../announcements/announcements.ts';
import type { ModelCatalog } from '../models.ts';

export interface ReportDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  /** Where the API is for those who read alerts. */
  readonly reportsUrl: string;
  readonly nowMs: () => number;
  readonly isOwner: () => boolean;
  readonly events: ReportEvents;
}

export interface ReportEvents {
  reportWritten(id: string, durationMs: number): void;
}

/** How long a report is news: then its alert resolves. */
const NEWS_FOR_MS = 3_600_000;

/**
 * Writes what is due and hasn't been announced, one report a turn: stored first, announced then, so that a crash in
 * between writes it again over itself. A report is of the newest day or week alone; what was missed while no instance
 * ran is had by `scoreline report`.
 */
export function createReportTurn(deps: ReportDeps): () => Promise<'done' | 'more'> {
  return async () => {
    if (!deps.isOwner()) return 'done';
    await withdrawOld(deps);
    const served = await readServedVersions(deps.database);
    await deps.models.learn(served);
    for (const version of served) {
      for (const period of duePeriods(deps.models.policyOf(version).reports, deps.nowMs())) {
        if (await writeIfDue(deps, version, period)) return 'more';
      }
    }
    return 'done';
  };
}

async function writeIfDue(deps: ReportDeps, version: ServedVersion, period: Period): Promise<boolean> {
  const { database, nowMs, isOwner, events } = deps;
  const { model, modelVersion } = version;
  const startedAtMs = nowMs();
  const scope: ReportScope = { model, period, clock: 'wall', writtenAtMs: startedAtMs };
  const alertOf = (title: string, summary: string, leads: number) =>
    toReportAlert(
      { id: reportId(scope), title, summary },
      { scope, modelVersion, leads, reportsUrl: deps.reportsUrl, query: leadsQuery(scope) },
    );
  if (await isAnnounced(database, alertOf('', '', 0))) return false;
  if (!(await hadScoredBefore(database, model, period.endMs))) return false;
  const written = await writeReport(database, scope);
  if (!isOwner()) return false;
  await storeReport(database, written);
  await announce(database, alertOf(written.report.title, written.report.summary, written.leads));
  events.reportWritten(written.report.id, nowMs() - startedAtMs);
  return true;
}

async function withdrawOld({ database, nowMs }: ReportDeps): Promise<void> {
  for (const alert of await readOpen(database, 'report')) {
    if (nowMs() < alert.episode_started_at + NEWS_FOR_MS) continue;
    await withdraw(database, alert, { message: alert.message, nowMs: nowMs() });
  }
}

/** A model that came later has nothing to report of the time before. */
async function hadScoredBefore(
  database: Pick<Database, 'query'>,
  model: string,
  beforeMs: number,
): Promise<boolean> {
  const rows = await database.query(
    `SELECT 1 FROM lead_scores WHERE model = ${text(model)} AND role = 'production' AND scored_at < ${time(beforeMs)} LIMIT 1`,
  );
  return rows.length > 0;
}

function leadsQuery({ model, period }: ReportScope): string {
  return `SELECT count() AS value FROM scores
WHERE model = ${text(model)} AND role IN ('production', 'canary') AND scored_at >= ${time(period.startMs)} AND scored_at < ${time(period.endMs)}`;
}
