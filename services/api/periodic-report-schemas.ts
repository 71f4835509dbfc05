import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';

const text = { type: 'string' } as const;

/** GET /reports */
export const reportsRoute = {
  summary: 'Written reports of days and weeks, the newest first',
  operationId: 'listReports',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      model: { type: 'string', minLength: 1, maxLength: 100, description: 'On this model only.' },
      period: { type: 'string', enum: ['daily', 'weekly'] },
      limit: {
        type: 'string',
        pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$',
        description: 'At most 500; 50.',
      },
    },
  },
  response: {
    200: {
      description: 'What each is about; GET /reports/{id} has the report.',
      type: 'object',
      required: ['reports'],
      properties: {
        reports: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'period', 'clock', 'model', 'starts_at', 'ends_at', 'title', 'summary', 'leads'],
            properties: {
              id: text,
              period: text,
              clock: { ...text, description: 'wall: what was scored then; event: what happened then.' },
              model: text,
              starts_at: text,
              ends_at: text,
              title: text,
              summary: text,
              leads: { type: 'integer' },
              created_at: text,
            },
          },
        },
      },
    },
    503: { ...httpProblemSchema, description: 'ClickHouse is away.' },
  },
} as const;

/** GET /reports/{id} */
export const writtenReportRoute = {
  summary: 'One report: text/html, or text/markdown for who accepts that alone',
  operationId: 'getReport',
  params: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^[a-z0-9-]{1,200}$' } },
  },
  response: {
    200: {
      description: 'The report.',
      content: { 'text/html': { schema: text }, 'text/markdown': { schema: text } },
    },
    404: { ...httpProblemSchema, description: 'There is no such report.' },
    503: { ...httpProblemSchema, description: 'ClickHouse is away.' },
  },
} as const;
