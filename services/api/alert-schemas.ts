import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';

const alert = {
  type: 'object',
  required: ['alert_id', 'state', 'severity', 'message'],
  additionalProperties: true,
} as const;
const away = { ...httpProblemSchema, description: 'ClickHouse is away.' };

/** GET /alerts */
export const listRoute = {
  summary: 'Alerts that fire now, strongest and newest first',
  operationId: 'listAlerts',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      state: {
        type: 'string',
        enum: ['firing', 'any'],
        description: 'any: then the newest that have resolved, too. Default firing.',
      },
      limit: { type: 'string', pattern: '^[1-9][0-9]{0,3}$', description: 'The first so many; 1000.' },
    },
  },
  response: {
    200: {
      description:
        "The latest record of each as on scoring-alerts, times in ISO 8601; `silenced_by` null: announced; `stands_for`: the alerts that are silent for it. with `any` each alert's latest.",
      type: 'object',
      required: ['alerts'],
      properties: { alerts: { type: 'array', items: alert } },
    },
    503: away,
  },
} as const;

/** GET /alerts/history */
export const historyRoute = {
  summary: "One alert's life, and who was told of it",
  operationId: 'getAlertHistory',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: { id: { type: 'string', minLength: 1, maxLength: 1_000, description: 'Its alert_id.' } },
  },
  response: {
    200: {
      description:
        'Each change of its state (the newest 1,000), oldest first, and what became of each at each sink.',
      type: 'object',
      required: ['alert_id', 'changes', 'deliveries'],
      properties: {
        alert_id: { type: 'string' },
        changes: { type: 'array', items: alert },
        deliveries: { type: 'array', items: { type: 'object', additionalProperties: true } },
      },
    },
    404: { ...httpProblemSchema, description: 'There never was such an alert.' },
    503: away,
  },
} as const;
