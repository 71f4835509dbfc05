import { httpProblemSchema } from '@scoreline/runtime/http/problem.ts';
import { MAX_JOURNAL_ENTRIES } from './journal.ts';

/** JSON Schemas of the registry's routes, for validation and OpenAPI. */
const REF = '^[a-z0-9][a-z0-9-]*@\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$';

/** `<name>@<version>`. */
export const versionRef = { type: 'string', pattern: REF, description: '<name>@<version>' } as const;

const decider = {
  actor: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'Who decides; by a key its name, also where this is left out.',
  },
  reason: { type: 'string', minLength: 1, maxLength: 4_000, description: 'Why; it stays on record.' },
  expected_revision: {
    type: 'integer',
    minimum: 0,
    description: 'The revision that was looked at: the decision is refused at any other.',
  },
} as const;

const registry = {
  description: 'The registry.',
  type: 'object',
  required: ['revision', 'production', 'previous', 'aliases', 'versions'],
  properties: {
    revision: { type: 'integer', description: 'Decisions that count.' },
    production: { type: ['string', 'null'] },
    previous: { type: 'array', items: { type: 'string' }, description: 'Where rollbacks lead, latest last.' },
    aliases: { type: 'object', additionalProperties: { type: 'string' } },
    versions: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
} as const;

/** Any answer that isn't a success. */
export const refusal = {
  ...httpProblemSchema,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        ...httpProblemSchema.properties.error.properties,
        problems: {
          type: 'array',
          description: 'Everything that is wrong with the package, where that is why.',
          items: {
            type: 'object',
            properties: { code: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
  },
} as const;

const outcome = {
  200: {
    description: 'Decided, or as asked already.',
    type: 'object',
    required: ['changed', 'message', 'warnings', 'registry'],
    properties: {
      changed: { type: 'boolean', description: 'false: things were as asked already.' },
      message: { type: 'string' },
      warnings: { type: 'array', items: { type: 'string' } },
      registry,
    },
  },
  400: { ...refusal, description: 'The request is malformed.' },
  404: { ...refusal, description: 'No such version.' },
  409: { ...refusal, description: 'Not possible in the present state; the message says what to do.' },
  422: { ...refusal, description: 'The package must not serve; the answer lists why.' },
  503: { ...refusal, description: 'Kafka, the schema registry or the store is away: nothing was decided.' },
} as const;

/** A decision's body: these properties, and who decides why. */
export function decisionBody(properties: object, required: readonly string[] = []) {
  return {
    type: 'object',
    additionalProperties: false,
    required: [...required, 'actor', 'reason'],
    properties: { ...properties, ...decider },
  };
}

const params = { type: 'object', required: ['ref'], properties: { ref: versionRef } } as const;

/** GET /registry */
export const registryRoute = {
  summary: 'Versions, stages and aliases',
  operationId: 'getRegistry',
  response: { 200: registry, 503: { ...refusal, description: 'The registry can not be read.' } },
} as const;

/** GET /models/:ref */
export const versionRoute = {
  summary: 'One version, with everything that was decided about it',
  operationId: 'getVersion',
  params,
  response: {
    200: { description: 'The version.', type: 'object', additionalProperties: true },
    404: { ...refusal, description: 'No such version.' },
    503: { ...refusal, description: 'The registry can not be read.' },
  },
} as const;

/** GET /events */
export const eventsRoute = {
  summary: 'The newest decisions, those that do not count included',
  operationId: 'listEvents',
  querystring: {
    type: 'object',
    properties: { limit: { type: 'string', pattern: '^[1-9][0-9]{0,3}$', default: '100' } },
  },
  response: {
    200: {
      description: `Newest first, at most ${MAX_JOURNAL_ENTRIES}.`,
      type: 'array',
      items: { type: 'object', additionalProperties: true },
    },
  },
} as const;

/** POST /models */
export const pushRoute = {
  summary: 'Register a package that is in the store',
  operationId: 'pushModel',
  body: decisionBody(
    {
      uri: { type: 'string', minLength: 1, description: 'Its folder in the store.' },
      manifest_sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    },
    ['uri', 'manifest_sha256'],
  ),
  response: outcome,
} as const;

/** POST /models/:ref/<verb> */
export function decisionRoute(verb: string, summary: string) {
  return { summary, operationId: `${verb}Model`, params, body: decisionBody({}), response: outcome };
}

/** POST /rollback */
export const rollbackRoute = {
  summary: 'The production version before this one scores again',
  operationId: 'rollback',
  body: decisionBody({ to: { ...versionRef, description: 'An earlier one than the last.' } }),
  response: outcome,
} as const;

/** PUT /aliases/:alias */
export const aliasRoute = {
  summary: 'Point an alias at a version, or take it away',
  operationId: 'setAlias',
  params: { type: 'object', required: ['alias'], properties: { alias: { type: 'string' } } },
  body: decisionBody(
    { ref: { ...versionRef, type: ['string', 'null'], description: 'null takes it away.' } },
    ['ref'],
  ),
  response: outcome,
} as const;
