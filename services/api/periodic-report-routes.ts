import { ClickHouseUnavailable, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import type { HttpReply } from '@scoreline/runtime/http/server.ts';
import { findReport, listReports } from '@scoreline/runtime/periodic-reports/report-store.ts';
import type { AddRoutes } from './http.ts';
import { reportsRoute, writtenReportRoute } from './periodic-report-schemas.ts';

interface ReportsQuery {
  readonly model?: string;
  readonly period?: string;
  readonly limit?: string;
}

/**
 * A report shows text that others wrote (a reason, an alert's message): whatever came through the escaping may neither
 * run, nor fetch, nor be framed.
 */
const SAFE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'Accept',
};

/** `GET /reports` and `GET /reports/{id}`, as HTML or Markdown by what the reader accepts. */
export function createPeriodicReportRoutes(database: Pick<Database, 'query'>): AddRoutes {
  return (scope) => {
    scope.get<{ Querystring: ReportsQuery; Reply: object }>(
      '/reports',
      { schema: reportsRoute },
      async ({ query }, reply) => {
        const { model = null, period = null, limit = '50' } = query;
        return orUnavailable(reply, async () =>
          reply
            .code(200)
            .send({ reports: await listReports(database, { model, period, limit: Number(limit) }) }),
        );
      },
    );
    scope.get<{ Params: { readonly id: string }; Reply: object | string }>(
      '/reports/:id',
      { schema: writtenReportRoute },
      async ({ params, headers }, reply) =>
        orUnavailable(reply, async () => {
          const report = await findReport(database, params.id);
          if (report === undefined) {
            const message = `there is no report '${params.id}': GET /reports lists them`;
            return reply.code(404).send(describeProblem('report.unknown', message));
          }
          const wantsMarkdown = prefersMarkdown(headers.accept ?? '*/*');
          return reply
            .headers(SAFE_HEADERS)
            .type(wantsMarkdown ? 'text/markdown; charset=utf-8' : 'text/html; charset=utf-8')
            .send(wantsMarkdown ? report.markdown : report.html);
        }),
    );
  };
}

/** Markdown only for who asks for it and not for HTML. */
function prefersMarkdown(accept: string): boolean {
  return /text\/(markdown|plain)/.test(accept) && !accept.includes('text/html');
}

async function orUnavailable(reply: HttpReply, answer: () => Promise<HttpReply>): Promise<HttpReply> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof ClickHouseUnavailable)) throw error;
    return reply.code(503).send(describeProblem('unavailable', error.message));
  }
}
