import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createHttpEvents } from './events.ts';
import { addOpenApi, type OpenApiOptions } from './openapi.ts';
import { answerNotFound, createErrorHandler } from './problem.ts';

/** Whether a service can do its work; the reason says what it waits for. */
export interface Health {
  readonly ready: boolean;
  readonly reason?: string | undefined;
  /** More for whoever reads the answer: versions, partitions, lag. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface HttpServerOptions {
  readonly telemetry: Telemetry;
  /** Asked at each GET /health; cheap, without calls to other systems. */
  readonly health: () => Health;
  /** With it the server describes itself at GET /openapi.json. */
  readonly openApi?: OpenApiOptions;
}

/** A service's HTTP server; routes are added with `register`, as plugins. */
export type HttpServer = FastifyInstance;

/** What a route answers with. */
export type HttpReply = FastifyReply;

/** A larger body than any lead's. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** For a request to arrive whole, and for it to be answered. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * The HTTP server of a service, with GET /health (200 once ready, 503 with the reason before), /live (200 while the
 * process turns) and /metrics (Prometheus). The caller adds its own routes, then calls `listen({ host, port })`, and
 * `close()` to end: requests under way are answered, idle connections are dropped.
 */
export function createHttpServer({ telemetry, health, openApi }: HttpServerOptions): HttpServer {
  const events = createHttpEvents(telemetry);
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  server.setNotFoundHandler(answerNotFound);
  server.setErrorHandler(
    createErrorHandler(({ method, routeOptions }, error) =>
      events.requestFailed({ method, route: routeOptions.url ?? 'none', error }),
    ),
  );
  server.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    events.requestServed({ method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
  });
  if (openApi !== undefined) addOpenApi(server, openApi);
  void server.register(async (scope) => addServiceRoutes(scope, telemetry, health));
  return server;
}

function addServiceRoutes(server: FastifyInstance, { registry }: Telemetry, health: () => Health): void {
  server.get(
    '/health',
    { schema: { summary: 'Whether the service can do its work' } },
    async (_request, reply) => {
      const { ready, reason, details } = health();
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not_ready', reason, ...details });
    },
  );
  server.get('/live', { schema: { summary: 'Whether the process turns' } }, async () => ({ status: 'live' }));
  server.get('/metrics', { schema: { summary: 'Metrics for Prometheus' } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
