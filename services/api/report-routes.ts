import { parseVersionRef, splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Candidate, Version } from '@scoreline/core/shadow/report.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import {
  type ReportOptions,
  type ReportService,
  ReportUnavailable,
} from '@scoreline/runtime/reports/report-service.ts';
import { toJson } from '@scoreline/runtime/reports/to-json.ts';
import type { AddRoutes } from './http.ts';
import { reportRoute } from './report-schemas.ts';

interface ReportQuery {
  readonly candidate?: string;
  readonly run?: string;
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Years of leads take their time. */
const REPORT_TIMEOUT_MS = 120_000;

/** `GET /shadow-report`: what `scoreline shadow report --json` prints. */
export function createReportRoutes({
  reports,
  listStaging,
}: {
  readonly reports: ReportService;
  /** The versions in Staging: who is reported where nobody is named. */
  readonly listStaging: () => readonly Version[];
}): AddRoutes {
  return (scope) => {
    scope.get<{ Querystring: ReportQuery; Reply: object }>(
      '/shadow-report',
      { schema: reportRoute, handlerTimeout: REPORT_TIMEOUT_MS },
      async ({ query }, reply) => {
        try {
          const candidates = await chooseCandidates(query, reports, listStaging);
          if (candidates === undefined) return await reply.code(404).send(unknownRun(query.run ?? ''));
          const judged = [];
          for (const candidate of candidates) judged.push(await reports.judge(candidate, toOptions(query)));
          return await reply.code(200).send({ reports: toJson(judged) });
        } catch (error) {
          if (!(error instanceof ClickHouseUnavailable || error instanceof ReportUnavailable)) throw error;
          return reply.code(503).send(describeProblem('unavailable', error.message));
        }
      },
    );
  };
}

/** Undefined: there is no such run. */
async function chooseCandidates(
  { candidate, run }: ReportQuery,
  reports: ReportService,
  listStaging: () => readonly Version[],
): Promise<readonly Candidate[] | undefined> {
  if (run !== undefined) {
    const found = await reports.findRun(run);
    return found && [found];
  }
  const named = versionOf(candidate);
  const versions = named === null ? listStaging() : [named];
  if (named === null && versions.length === 0) return reports.listShadows();
  return versions.map((version) => ({ ...version, role: 'shadow', runId: null }));
}

function toOptions({ against, from, to }: ReportQuery): ReportOptions {
  return {
    against: versionOf(against),
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
  };
}

function versionOf(text: string | undefined): Version | null {
  const ref = text === undefined ? undefined : parseVersionRef(text);
  return ref === undefined ? null : splitVersionRef(ref);
}

function unknownRun(runId: string): object {
  return describeProblem('backtest.unknown', `no backtest has the run id '${runId}'`, 'run');
}
