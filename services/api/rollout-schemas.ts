import { decisionBody, refusal, versionRef } from './registry-schemas.ts';

/** JSON Schemas of the rollouts' routes, for validation and OpenAPI. */
const share = { type: 'number', exclusiveMinimum: 0, maximum: 1, description: 'Of all leads.' } as const;

const rollout = {
  description: 'A canary or an A/B test, with its plan and everything that was decided about it.',
  type: 'object',
  required: ['id', 'kind', 'status', 'is_active', 'share', 'treatments', 'plan', 'decisions'],
  properties: {
    id: { type: 'string', description: 'The experiment_id of the scores that it assigns.' },
    kind: { type: 'string', enum: ['canary', 'ab_test'] },
    status: {
      type: 'string',
      enum: ['running', 'paused', 'promoting', 'completed', 'rolled_back', 'aborted'],
    },
    is_active: { type: 'boolean', description: 'Whether it assigns leads.' },
    share: { type: 'number', description: "What each treatment's share is multiplied by now." },
  },
  additionalProperties: true,
} as const;

const standing = {
  description: 'How it stands, measured now; docs/rollouts.md explains each field.',
  type: 'object',
  required: [
    'summary',
    'at',
    'revision',
    'traffic',
    'step',
    'verdict',
    'checks',
    'next',
    'controller',
    'rollout',
  ],
  properties: {
    summary: { type: 'string', description: 'What is so and what comes next, as one line.' },
    revision: { type: 'integer', description: 'Of the rollouts; what a decision made on this may expect.' },
    traffic: { type: 'array', items: { type: 'object', additionalProperties: true } },
    verdict: { type: ['string', 'null'], description: 'success, failure, doubt or inconclusive.' },
    checks: { type: 'array', items: { type: 'object', additionalProperties: true } },
    controller: {
      type: 'object',
      required: ['state'],
      properties: {
        state: {
          type: 'string',
          enum: ['present', 'absent', 'unknown'],
          description: 'absent: nothing advances, nothing is rolled back.',
        },
      },
      additionalProperties: true,
    },
    rollout,
  },
  additionalProperties: true,
} as const;

const queryRefusals = {
  404: { ...refusal, description: 'No such rollout.' },
  409: { ...refusal, description: 'It is of the other kind; the message says what to ask instead.' },
  503: { ...refusal, description: 'Kafka or ClickHouse is away.' },
} as const;

const outcome = {
  200: {
    description: 'Decided, or as asked already.',
    type: 'object',
    required: ['changed', 'message', 'warnings', 'revision', 'rollout'],
    properties: {
      changed: { type: 'boolean', description: 'false: things were as asked already.' },
      message: { type: 'string' },
      warnings: { type: 'array', items: { type: 'string' } },
      revision: { type: 'integer', description: 'Of the rollouts, after it.' },
      rollout,
    },
  },
  400: { ...refusal, description: 'The request is malformed.' },
  404: { ...refusal, description: 'No such rollout or version.' },
  409: { ...refusal, description: 'Not possible in the present state; the message says what to do.' },
  422: { ...refusal, description: 'The plan is none, or a package must not serve; the answer lists why.' },
  503: { ...refusal, description: 'Kafka, the schema registry or the store is away: nothing was decided.' },
} as const;

const params = {
  type: 'object',
  required: ['id'],
  properties: {
    id: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
      description: "The rollout; 'active': the one that assigns leads, of A/B tests the newest.",
    },
  },
} as const;

/** GET /rollouts */
export const rolloutsRoute = {
  summary: 'All rollouts of the stream, the oldest first',
  operationId: 'listRollouts',
  response: {
    200: {
      description: 'The rollouts.',
      type: 'object',
      required: ['revision', 'rollouts'],
      properties: { revision: { type: 'integer' }, rollouts: { type: 'array', items: rollout } },
    },
    503: queryRefusals[503],
  },
} as const;

/** GET /rollouts/:id */
export const standingRoute = {
  summary: 'How a rollout stands, measured now',
  operationId: 'getRollout',
  params,
  response: { 200: standing, 404: queryRefusals[404], 503: queryRefusals[503] },
} as const;

/** POST /rollouts */
export const startRoute = {
  summary: 'Start a canary against the version in Production',
  operationId: 'startRollout',
  body: decisionBody(
    {
      version: { ...versionRef, description: 'An approved Staging version.' },
      steps: {
        description: "Instead of the policy's.",
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['share', 'duration'],
          properties: {
            share,
            duration: { type: 'string', description: 'How long it is watched at least: PT6H, P1D.' },
          },
        },
      },
    },
    ['version'],
  ),
  response: outcome,
} as const;

/** POST /rollouts/:id/<verb> */
export function rolloutDecisionRoute(verb: string, summary: string) {
  return { summary, operationId: `${verb}Rollout`, params, body: decisionBody({}), response: outcome };
}

/** POST /experiments */
export const startExperimentRoute = {
  summary: 'Start an A/B test; what the arms leave is the share of the version in Production',
  operationId: 'startExperiment',
  body: decisionBody(
    {
      arms: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['version', 'share'],
          properties: { version: versionRef, share },
        },
      },
    },
    ['arms'],
  ),
  response: outcome,
} as const;

/** GET /experiments/:id/report */
export const experimentReportRoute = {
  summary: 'What an A/B test says: arms, comparisons, the verdict with its reason',
  operationId: 'getExperimentReport',
  params,
  response: {
    200: {
      description: 'The report; docs/rollouts.md explains each field.',
      type: 'object',
      required: ['rollout', 'report'],
      properties: { rollout, report: { type: 'object', additionalProperties: true } },
    },
    ...queryRefusals,
  },
} as const;

/** POST /experiments/:id/stop */
export const stopExperimentRoute = {
  summary: 'End an A/B test: production scores every lead again',
  operationId: 'stopExperiment',
  params,
  body: decisionBody({}),
  response: outcome,
} as const;
