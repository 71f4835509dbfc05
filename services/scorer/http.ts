import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import type { HttpSettings } from '@scoreline/runtime/http/config.ts';
import { createHttpServer, type Health, type HttpServer } from '@scoreline/runtime/http/server.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { describeModel } from './model-info.ts';
import { describeLead } from './lead-schema.ts';
import { modelInfoRoute, openApiInfo, scoreLeadRoute } from './routes.ts';
import { createScoreLead, type ScoreLeadDeps } from './score-lead.ts';

export interface ScorerHttpOptions extends ScoreLeadDeps {
  readonly telemetry: Telemetry;
  readonly health: () => Health;
  readonly settings?: HttpSettings;
}

/** What is away or busy now is asked again then. */
const RETRY_AFTER_SECONDS = 1;

/** The scorer's HTTP server: POST /score-lead, GET /model-info and OpenAPI beside what every service has. */
export function createScorerHttp(options: ScorerHttpOptions): HttpServer {
  const { telemetry, health, settings, currentLineup } = options;
  const scoreLead = createScoreLead(options);
  const describeSchemas = () => {
    const lineup = currentLineup();
    return lineup === undefined ? {} : { Lead: describeLead(lineup.production.manifest) };
  };
  const liveSchemas = { names: ['Lead'], describe: describeSchemas };
  const server = createHttpServer({
    telemetry,
    health,
    openApi: { ...openApiInfo, liveSchemas },
    ...(settings && { settings }),
  });
  void server.register(async (scope) => {
    scope.post<{ Body: LeadEvent }>(
      '/score-lead',
      { schema: scoreLeadRoute, config: { access: ['score'] } },
      async ({ body }, reply) => {
        const outcome = await scoreLead(body);
        if (outcome.ok) return outcome.answer;
        if (outcome.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
        return reply.code(outcome.status).send(outcome.problem);
      },
    );
    scope.get(
      '/model-info',
      { schema: modelInfoRoute, config: { access: ['score', 'read'] } },
      async (_request, reply) => {
        const lineup = currentLineup();
        if (lineup !== undefined) return describeModel(lineup);
        return reply.code(503).send(describeProblem('model.not_loaded', 'no model is in memory yet'));
      },
    );
  });
  return server;
}
