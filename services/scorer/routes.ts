import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';

/** What OpenAPI says of the scorer as a whole. */
export const openApiInfo = {
  title: 'Scoreline scorer',
  description: 'Scores one lead at a time, with the model and the rules that the stream is scored with.',
  version: '1.0.0',
} as const;

/** POST /score-lead for OpenAPI; the lead's own fields are the model's (schema Lead). */
export const scoreLeadRoute = {
  summary: 'Score one lead',
  operationId: 'scoreLead',
  body: { $ref: 'Lead#' },
  response: {
    200: {
      description: 'The score.',
      type: 'object',
      required: [
        'lead_id',
        'lead_score',
        'score_category',
        'model_version',
        'experiment_id',
        'prediction_timestamp',
        'latency_ms',
        'reasons',
        'ignored_fields',
      ],
      properties: {
        lead_id: { type: 'string' },
        lead_score: { type: 'number', description: 'A classifier’s is a calibrated probability.' },
        score_category: { type: 'string', description: 'The band of the model that the score falls in.' },
        model_version: { type: 'string', description: 'Of the model that scored.' },
        experiment_id: {
          type: ['string', 'null'],
          description: 'The rollout or A/B test that assigned the version.',
        },
        prediction_timestamp: { type: 'string', format: 'date-time' },
        latency_ms: { type: 'number', description: 'From the request, once read, to its answer.' },
        reasons: { type: 'array', items: { type: 'object', additionalProperties: true } },
        ignored_fields: {
          type: 'array',
          items: { type: 'string' },
          description: 'Fields that nothing reads: a misspelt one shows here.',
        },
        published: {
          type: 'object',
          description: 'Where the lead stands on lead-created; with publish: true.',
          required: ['event_id', 'partition', 'offset'],
          properties: {
            event_id: { type: 'string' },
            partition: { type: 'integer' },
            offset: { type: 'integer' },
          },
        },
      },
    },
    400: { description: 'The body is no JSON object.', ...httpProblemSchema },
    422: { description: 'A field is wrong; the answer names it.', ...httpProblemSchema },
    503: {
      description:
        'No model in memory, too many leads wait for it, or the topic is away; Retry-After says when again.',
      ...httpProblemSchema,
    },
  },
} as const;

/** GET /model-info for OpenAPI. */
export const modelInfoRoute = {
  summary: 'The model that scores now',
  operationId: 'modelInfo',
  response: {
    200: { description: 'The model.', type: 'object', additionalProperties: true },
    503: { description: 'No model is in memory.', ...httpProblemSchema },
  },
} as const;
