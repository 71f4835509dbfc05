import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** Whether a service can do its work; the reason says what it waits for. */
export interface Health {
  readonly ready: boolean;
  readonly reason?: string | undefined;
  /** More for whoever reads the answer: versions, partitions, lag. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * GET /health and /live, open to everybody: what starts and restarts services has no key. Where keys are configured, why a
 * service isn't ready (which names brokers, models, versions) is told to whoever brings one.
 */
export function addHealthRoutes(server: FastifyInstance, health: () => Health): void {
  const config = { access: 'open' } as const;
  server.get(
    '/health',
    { config, schema: { summary: 'Whether the service can do its work' } },
    async ({ isTrusted }, reply) => {
      const { ready, reason, details } = health();
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not_ready', ...(isTrusted ? { reason, ...details } : {}) });
    },
  );
  server.get('/live', { config, schema: { summary: 'Whether the process turns' } }, async () => ({
    status: 'live',
  }));
}

/** GET /metrics, for Prometheus. */
export function addMetricsRoute(server: FastifyInstance, registry: Registry): void {
  server.get(
    '/metrics',
    { config: { access: ['metrics'] }, schema: { summary: 'Metrics for Prometheus' } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
}
