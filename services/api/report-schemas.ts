import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';

const versionRef = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9-]*@\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$',
} as const;

/** GET /shadow-report */
export const reportRoute = {
  summary: 'Candidates beside production, and what the gate says of each',
  operationId: 'getShadowReport',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      candidate: { ...versionRef, description: 'A shadow; without it and without run, those in Staging.' },
      run: { type: 'string', minLength: 1, maxLength: 100, description: "A backtest's run id, instead." },
      against: { ...versionRef, description: 'The version to compare with; the one that served last.' },
      from: { type: 'string', format: 'date-time', description: 'Event time from which.' },
      to: { type: 'string', format: 'date-time', description: 'Event time up to which.' },
    },
  },
  response: {
    200: {
      description: 'One report and gate a candidate; docs/shadow-and-backtest.md explains each field.',
      type: 'object',
      required: ['reports'],
      properties: { reports: { type: 'array', items: { type: 'object', additionalProperties: true } } },
    },
    404: { ...httpProblemSchema, description: 'No such run.' },
    503: { ...httpProblemSchema, description: 'ClickHouse or Kafka is away.' },
  },
} as const;
