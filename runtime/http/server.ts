import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { addGuard, type GuardDeps } from './access/guard.ts';
import { openKeyRing } from './access/key-ring.ts';
import { createRateLimits } from './access/rate-limits.ts';
import type { HttpSettings } from './config.ts';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  createFaultHandler,
  limitConnections,
} from './connections.ts';
import { createHttpEvents, type HttpEvents } from './events.ts';
import { addOpenApi, type OpenApiOptions } from './openapi.ts';
import { followRoutes } from './methods-of-paths.ts';
import { createErrorHandler, createNotFoundHandler } from './problem.ts';
import { addHealthRoutes, addMetricsRoute, type Health } from './service-routes.ts';

export interface HttpServerOptions {
  readonly telemetry: Telemetry;
  /** Asked at each GET /health; cheap, without calls to other systems. */
  readonly health: () => Health;
  /** With it the server describes itself at GET /openapi.json. */
  readonly openApi?: OpenApiOptions;
  /** Keys, limits, and the metrics' own port. Without them: open to whoever reaches the port. */
  readonly settings?: HttpSettings;
  /** `CONNECTION_LIMITS` without them. */
  readonly connections?: ConnectionLimits;
}

/** A service's HTTP server; routes are added with `register`, as plugins. */
export type HttpServer = FastifyInstance;

/** What a route answers with. */
export type HttpReply = FastifyReply;

export type { Health };

const OPEN: HttpSettings = { keysFile: undefined, requestsPerSecond: 0, metrics: undefined };

/** A larger body than any lead's. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** For a request to be answered, where its route doesn't say otherwise. */
const HANDLER_TIMEOUT_MS = 10_000;

/** A caller may save up this many seconds of its rate. */
const BURST_SECONDS = 2;

/** For browsers: an answer is what it says it is, stays nowhere, runs nothing and is framed by nobody. */
const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/**
 * The HTTP server of a service, with GET /health (200 once ready, 503 with the reason before), /live (200 while the
 * process turns) and /metrics (Prometheus; on a port of its own where the settings name one, together with the other
 * two). The caller adds its own routes, then calls `listen({ host, port })`, and `close()` to end: requests under way are
 * answered, idle connections are dropped. Throws where the key file can't be used.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { telemetry, health, openApi, settings = OPEN, connections = CONNECTION_LIMITS } = options;
  const events = createHttpEvents(telemetry);
  const guard = openGuard(settings, events);
  const server = createServer(events, guard, connections);
  if (openApi !== undefined) addOpenApi(server, openApi);
  void server.register(async (scope) => {
    addHealthRoutes(scope, health);
    if (settings.metrics === undefined) addMetricsRoute(scope, telemetry.registry);
  });
  if (settings.metrics !== undefined) {
    const metrics = createServer(events, guard, connections);
    addHealthRoutes(metrics, health);
    addMetricsRoute(metrics, telemetry.registry);
    addMetricsServer(server, settings.metrics, metrics);
  }
  server.addHook('onClose', async () => guard.keys?.close());
  return server;
}

/** A server with everything but routes. */
function createServer(events: HttpEvents, guard: GuardDeps, connections: ConnectionLimits): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: connections.requestMs,
    connectionTimeout: connections.silenceMs,
    handlerTimeout: HANDLER_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: connections.headersMs,
      connectionsCheckingInterval: connections.lookEveryMs,
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // A lead may have fields that nobody reads, of whatever name; these would be read as what they are not.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    clientErrorHandler: createFaultHandler(events.requestRefused),
  });
  limitConnections(server.server, connections, events.requestRefused);
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(SAFE_HEADERS);
  });
  addGuard(server, guard);
  const answerNotFound = createNotFoundHandler(followRoutes(server));
  server.setNotFoundHandler(answerNotFound);
  server.setErrorHandler(
    createErrorHandler(answerNotFound, ({ method, routeOptions }, error) =>
      events.requestFailed({ method, route: routeOptions.url ?? 'none', error }),
    ),
  );
  server.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    events.requestServed({ method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
  });
  return server;
}

function openGuard({ keysFile, requestsPerSecond }: HttpSettings, events: HttpEvents): GuardDeps {
  const rate = { perSecond: requestsPerSecond, burst: BURST_SECONDS * requestsPerSecond };
  return {
    keys: keysFile === undefined ? undefined : openKeyRing(keysFile, events),
    limits: requestsPerSecond === 0 ? undefined : createRateLimits(rate, () => performance.now()),
    nowMs: Date.now,
    onRefused: events.requestRefused,
  };
}

/** Lives and ends with the server beside it; a port that is taken keeps that one from listening. */
function addMetricsServer(
  server: FastifyInstance,
  address: NonNullable<HttpSettings['metrics']>,
  metrics: FastifyInstance,
): void {
  server.addHook('onReady', async () => {
    await metrics.listen(address);
  });
  server.addHook('onClose', () => metrics.close());
}
