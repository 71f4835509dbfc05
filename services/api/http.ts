import type { HttpSettings } from '@scoreline/runtime/http/config.ts';
import { createHttpServer, type Health, type HttpServer } from '@scoreline/runtime/http/server.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { settleActor } from './settle-actor.ts';

/** Adds some routes to the server. */
export type AddRoutes = (scope: HttpServer) => void;

export interface ApiHttpOptions {
  readonly telemetry: Telemetry;
  readonly health: () => Health;
  readonly settings?: HttpSettings;
  readonly routes: readonly AddRoutes[];
}

const openApi = {
  title: 'Scoreline API',
  description:
    'The life of model versions, canaries and A/B tests, and what fires, as the command line has them. Who decides is the name of the key that a request brings; where no keys are configured, who the request says.',
  version: '1.0.0',
  liveSchemas: { names: [], describe: () => ({}) },
} as const;

/** The HTTP server of the API, described at GET /openapi.json. */
export function createApiHttp({ routes, ...options }: ApiHttpOptions): HttpServer {
  const server = createHttpServer({ ...options, openApi });
  void server.register(async (scope) => {
    settleActor(scope);
    for (const addRoutes of routes) addRoutes(scope);
  });
  return server;
}
