import { parseVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import type { HttpServer } from '@scoreline/runtime/http/server.ts';
import { EventLogBehind } from '@scoreline/runtime/kafka/event-log.ts';
import { describeRegistry, describeVersion } from '@scoreline/runtime/model-lifecycle/describe-registry.ts';
import type { ModelLifecycle } from '@scoreline/runtime/model-lifecycle/model-lifecycle.ts';
import type { LifecycleOutcome } from '@scoreline/runtime/model-lifecycle/outcome.ts';
import { type DeciderBody, toDecider } from './decider-body.ts';
import type { AddRoutes } from './http.ts';
import type { Journal } from './journal.ts';
import * as schemas from './registry-schemas.ts';
import { statusOf } from './status-of.ts';

export interface RegistryRoutesDeps {
  readonly lifecycle: ModelLifecycle;
  readonly journal: Journal;
}

interface OfVersion {
  readonly Params: { readonly ref: VersionRef };
}

/** A package may have to be downloaded and its golden rows scored. */
const DECISION_TIMEOUT_MS = 120_000;

const VERBS = {
  stage: 'Registered to Staging: the shadow scores with it',
  approve: 'Approve a Staging version for Production',
  promote: 'Staging to Production; needs an approval',
  reject: 'Take a version out of use for good',
  archive: 'Take a version out of use; it can be staged anew',
} as const;

/** The registry by HTTP: the queries and the commands of the command line. */
export function createRegistryRoutes(deps: RegistryRoutesDeps): AddRoutes {
  return (scope) => {
    addQueries(scope, deps);
    addPush(scope, deps);
    addVerbs(scope, deps);
    addPointers(scope, deps);
  };
}

function addQueries(scope: HttpServer, { lifecycle, journal }: RegistryRoutesDeps): void {
  scope.get<{ Reply: object }>('/registry', { schema: schemas.registryRoute }, async (_request, reply) => {
    const { status, body } = await answerQuery(async () => {
      return { status: 200, body: describeRegistry(await lifecycle.state()) };
    });
    return reply.code(status).send(body);
  });
  scope.get<OfVersion>('/models/:ref', { schema: schemas.versionRoute }, async ({ params }, reply) => {
    const { status, body } = await answerQuery(() => findVersion(lifecycle, params.ref));
    return reply.code(status).send(body);
  });
  scope.get<{ Querystring: { limit: string } }>(
    '/events',
    { schema: schemas.eventsRoute },
    async ({ query }) => journal.list(Number(query.limit)),
  );
}

async function findVersion(lifecycle: ModelLifecycle, ref: VersionRef): Promise<Answer> {
  const state = await lifecycle.state();
  const version = state.versions.get(ref);
  if (version !== undefined) return { status: 200, body: describeVersion(version, state) };
  return { status: 404, body: describeProblem('version.unknown', `${ref} is not registered`) };
}

function addPush(scope: HttpServer, { lifecycle }: RegistryRoutesDeps): void {
  scope.post<{ Body: DeciderBody & { uri: string; manifest_sha256: string } }>(
    '/models',
    { schema: schemas.pushRoute, handlerTimeout: DECISION_TIMEOUT_MS },
    async ({ body }, reply) => {
      const stored = { uri: body.uri, manifestSha256: body.manifest_sha256 };
      const answer = toAnswer(await lifecycle.push({ stored }, toDecider(body)));
      return reply.code(answer.status).send(answer.body);
    },
  );
}

function addVerbs(scope: HttpServer, { lifecycle }: RegistryRoutesDeps): void {
  for (const type of Object.keys(VERBS) as (keyof typeof VERBS)[]) {
    const schema = schemas.decisionRoute(type, VERBS[type]);
    scope.post<OfVersion & { Body: DeciderBody }>(
      `/models/:ref/${type}`,
      { schema, handlerTimeout: DECISION_TIMEOUT_MS },
      async ({ params: { ref }, body }, reply) => {
        const answer = toAnswer(await lifecycle.execute({ type, ref, ...toDecider(body) }));
        return reply.code(answer.status).send(answer.body);
      },
    );
  }
}

function addPointers(scope: HttpServer, { lifecycle }: RegistryRoutesDeps): void {
  scope.post<{ Body: DeciderBody & { to?: string } }>(
    '/rollback',
    { schema: schemas.rollbackRoute },
    async ({ body }, reply) => {
      const ref = body.to === undefined ? undefined : parseVersionRef(body.to);
      const target = ref === undefined ? {} : { ref };
      const outcome = await lifecycle.execute({ type: 'rollback', ...target, ...toDecider(body) });
      const answer = toAnswer(outcome);
      return reply.code(answer.status).send(answer.body);
    },
  );
  scope.put<{ Params: { alias: string }; Body: DeciderBody & { ref: VersionRef | null } }>(
    '/aliases/:alias',
    { schema: schemas.aliasRoute },
    async ({ params: { alias }, body }, reply) => {
      const { ref } = body;
      const answer = toAnswer(await lifecycle.execute({ type: 'alias', alias, ref, ...toDecider(body) }));
      return reply.code(answer.status).send(answer.body);
    },
  );
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function toAnswer(outcome: LifecycleOutcome): Answer {
  if (!outcome.ok) {
    const { code, message, problems } = outcome;
    return { status: statusOf(code), body: { error: { code, message, problems } } };
  }
  const { changed, message, warnings, state } = outcome;
  return { status: 200, body: { changed, message, warnings, registry: describeRegistry(state) } };
}

/** A registry that can't be read is an answer too. */
async function answerQuery(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EventLogBehind)) throw error;
    return { status: 503, body: describeProblem('unavailable', error.message) };
  }
}
