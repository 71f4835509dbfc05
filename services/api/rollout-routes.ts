import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { activeRollout, type RolloutState } from '@scoreline/core/rollout/state.ts';
import type { HttpServer } from '@scoreline/runtime/http/server.ts';
import { EventLogBehind } from '@scoreline/runtime/kafka/event-log.ts';
import type { RolloutVerb } from '@scoreline/runtime/rollouts/decide-rollout.ts';
import {
  describeReport,
  describeRollout,
  describeStatus,
} from '@scoreline/runtime/rollouts/describe-rollout.ts';
import type { RolloutOutcome, RolloutRefused } from '@scoreline/runtime/rollouts/rollout-outcome.ts';
import { refuse } from '@scoreline/runtime/model-lifecycle/outcome.ts';
import type { RolloutService } from '@scoreline/runtime/rollouts/rollout-service.ts';
import type { StepRequest } from '@scoreline/runtime/rollouts/start-request.ts';
import { type DeciderBody, toDecider } from './decider-body.ts';
import type { AddRoutes } from './http.ts';
import * as schemas from './rollout-schemas.ts';
import { statusOf } from './status-of.ts';

interface OfRollout {
  readonly Params: { readonly id: string };
  readonly Reply: object;
}

/** Packages may have to be downloaded, golden rows scored, and years of leads summed. */
const TIMEOUT_MS = 120_000;
const SLOW = { handlerTimeout: TIMEOUT_MS };

const VERBS: Readonly<Record<RolloutVerb, string>> = {
  pause: 'Leave the shares as they are until a person decides; guardrails still roll back',
  resume: 'Let a paused rollout go on',
  promote: 'Give the version every lead at once; the controller brings it to Production next',
  abort: 'End it: production scores every lead again, at once; needs no controller',
};

/** Rollouts by HTTP: the queries and the commands of the command line. */
export function createRolloutRoutes(rollouts: RolloutService): AddRoutes {
  return (scope) => {
    addQueries(scope, rollouts);
    addStarts(scope, rollouts);
    addVerbs(scope, rollouts);
    addExperiments(scope, rollouts);
  };
}

function addQueries(scope: HttpServer, rollouts: RolloutService): void {
  scope.get<{ Reply: object }>('/rollouts', { schema: schemas.rolloutsRoute }, async (_request, reply) => {
    const answer = await listRollouts(rollouts);
    return reply.code(answer.status).send(answer.body);
  });
  scope.get<OfRollout>(
    '/rollouts/:id',
    { schema: schemas.standingRoute, ...SLOW },
    async ({ params }, reply) => {
      const answer = await showRollout(rollouts, params);
      return reply.code(answer.status).send(answer.body);
    },
  );
}

async function listRollouts(service: RolloutService): Promise<Answer> {
  const read = await readState(service);
  if (!read.ok) return toProblem(read);
  const { revision, rollouts } = read.state;
  return { status: 200, body: { revision, rollouts: [...rollouts.values()].map(describeRollout) } };
}

async function showRollout(service: RolloutService, { id }: OfRollout['Params']): Promise<Answer> {
  const named = id === ACTIVE ? await findActive(service) : { ok: true as const, id };
  if (!named.ok) return toProblem(named);
  const status = await service.status(named.id);
  return status.ok ? { status: 200, body: describeStatus(status.standing) } : toProblem(status);
}

async function findActive(service: RolloutService): Promise<{ ok: true; id: string } | RolloutRefused> {
  const read = await readState(service);
  if (!read.ok) return read;
  const rollout = activeRollout(read.state);
  return rollout === null ? refuse('rollout.none', 'no rollout is active') : { ok: true, id: rollout.id };
}

/** Rollouts that can't be read are an answer too. */
async function readState(
  service: RolloutService,
): Promise<{ ok: true; state: RolloutState } | RolloutRefused> {
  try {
    return { ok: true, state: await service.state() };
  } catch (error) {
    if (!(error instanceof EventLogBehind)) throw error;
    return refuse('unavailable', error.message);
  }
}

function addStarts(scope: HttpServer, rollouts: RolloutService): void {
  scope.post<{ Body: DeciderBody & { version: VersionRef; steps?: StepRequest[] }; Reply: object }>(
    '/rollouts',
    { schema: schemas.startRoute, ...SLOW },
    async ({ body }, reply) => {
      const { version, steps } = body;
      const request = { kind: 'canary', version, ...(steps === undefined ? {} : { steps }) } as const;
      const answer = toAnswer(await rollouts.start(request, toDecider(body)));
      return reply.code(answer.status).send(answer.body);
    },
  );
  scope.post<{ Body: DeciderBody & { arms: { version: VersionRef; share: number }[] }; Reply: object }>(
    '/experiments',
    { schema: schemas.startExperimentRoute, ...SLOW },
    async ({ body }, reply) => {
      const arms = body.arms.map(({ version: ref, share }) => ({ ref, share }));
      const answer = toAnswer(await rollouts.start({ kind: 'ab_test', arms }, toDecider(body)));
      return reply.code(answer.status).send(answer.body);
    },
  );
}

function addVerbs(scope: HttpServer, rollouts: RolloutService): void {
  for (const verb of Object.keys(VERBS) as RolloutVerb[]) {
    const schema = schemas.rolloutDecisionRoute(verb, VERBS[verb]);
    scope.post<OfRollout & { Body: DeciderBody }>(
      `/rollouts/:id/${verb}`,
      { schema, ...SLOW },
      async ({ params, body }, reply) => {
        const answer = toAnswer(await rollouts.decide(verb, idOf(params), toDecider(body)));
        return reply.code(answer.status).send(answer.body);
      },
    );
  }
}

function addExperiments(scope: HttpServer, rollouts: RolloutService): void {
  scope.get<OfRollout>(
    '/experiments/:id/report',
    { schema: schemas.experimentReportRoute, ...SLOW },
    async ({ params }, reply) => {
      const report = await rollouts.report(idOf(params));
      const answer = report.ok
        ? { status: 200, body: describeReport(report.rollout, report.report) }
        : toProblem(report);
      return reply.code(answer.status).send(answer.body);
    },
  );
  scope.post<OfRollout & { Body: DeciderBody }>(
    '/experiments/:id/stop',
    { schema: schemas.stopExperimentRoute, ...SLOW },
    async ({ params, body }, reply) => {
      const answer = toAnswer(await rollouts.stopExperiment(idOf(params), toDecider(body)));
      return reply.code(answer.status).send(answer.body);
    },
  );
}

/** In an id's place: the rollout that assigns leads. No rollout has that id, as each has its version and time. */
const ACTIVE = 'active';

function idOf({ id }: OfRollout['Params']): string | null {
  return id === ACTIVE ? null : id;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function toAnswer(outcome: RolloutOutcome): Answer {
  if (!outcome.ok) return toProblem(outcome);
  const { changed, message, warnings, state, rollout } = outcome;
  const { revision } = state;
  return { status: 200, body: { changed, message, warnings, revision, rollout: describeRollout(rollout) } };
}

function toProblem({ code, message, problems }: RolloutRefused): Answer {
  return { status: statusOf(code), body: { error: { code, message, problems } } };
}
