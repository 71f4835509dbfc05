import { createHttpServer, type Health, type HttpServer } from '@scoreline/runtime/http/server.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';

/** Adds some routes to the server. */
export type AddRoutes = (scope: HttpServer) => void;

export interface ApiHttpOptions {
  readonly telemetry: Telemetry;
  readonly health: () => Health;
  readonly routes: readonly AddRoutes[];
}

const openApi = {
  title: 'Scoreline API',
  description:
    'The life of model versions, canaries and A/B tests, and what fires, as the command line has them: who decides is what the request says, so put a proxy that knows its callers in front of it.',
  version: '1.0.0',
  liveSchemas: { names: [], describe: () => ({}) },
} as const;

/** The HTTP server of the API, described at GET /openapi.json. */
export function createApiHttp({ telemetry, health, routes }: ApiHttpOptions): HttpServer {
  const server = createHttpServer({ telemetry, health, openApi });
  void server.register(async (scope) => {
    for (const addRoutes of routes) addRoutes(scope);
  });
  return server;
}
