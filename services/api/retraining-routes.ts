import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { RetrainingProjection } from '@scoreline/runtime/retraining/retraining-log.ts';
import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';
import type { AddRoutes } from './http.ts';

interface RequestsQuery {
  readonly model?: string;
  readonly limit?: string;
}

const MAX_REQUESTS = 1_000;

const requestsRoute = {
  summary: 'Who wished a model to be trained anew, when and why',
  operationId: 'listRetrainingRequests',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      model: { type: 'string', minLength: 1, maxLength: 100, description: 'Of this model only.' },
      limit: { type: 'string', pattern: '^[1-9][0-9]{0,3}$', description: 'The newest so many; 100.' },
    },
  },
  response: {
    200: {
      description: "The newest first; docs/retraining.md explains each field. 'revision' is the log's.",
      type: 'object',
      required: ['revision', 'requests'],
      properties: {
        revision: { type: 'integer' },
        requests: { type: 'array', items: { type: 'object', additionalProperties: true } },
      },
    },
    400: { ...httpProblemSchema, description: 'The query is malformed.' },
  },
} as const;

/** `GET /retraining-requests`: what `scoreline retrain list --json` prints. */
export function createRetrainingRoutes(projection: Pick<RetrainingProjection, 'state'>): AddRoutes {
  return (scope) => {
    scope.get<{ Querystring: RequestsQuery; Reply: object }>(
      '/retraining-requests',
      { schema: requestsRoute },
      async ({ query }, reply) => {
        const { revision, requests } = projection.state();
        const newest = [...requests.values()]
          .flat()
          .filter(({ model }) => query.model === undefined || model === query.model)
          .sort((a, b) => b.requested_at - a.requested_at)
          .slice(0, Math.min(MAX_REQUESTS, Number(query.limit ?? 100)));
        return reply.code(200).send({ revision, requests: newest.map(toBody) });
      },
    );
  };
}

/** Times in ISO 8601, as everywhere in this API. */
function toBody(request: RetrainingRequested): object {
  const { training_window: window } = request;
  return {
    ...request,
    requested_at: toIso(request.requested_at),
    cool_down_until: toIso(request.cool_down_until),
    reasons: request.reasons.map((reason) => ({
      ...reason,
      window_start: toIso(reason.window_start),
      window_end: toIso(reason.window_end),
    })),
    training_window: window && {
      ...window,
      labels_from: toIso(window.labels_from),
      labels_to: toIso(window.labels_to),
    },
  };
}

function toIso(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
