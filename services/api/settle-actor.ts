import { CONTROLLER } from '@scoreline/core/rollout/state.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import type { HttpServer } from '@scoreline/runtime/http/server.ts';
import { POLICY_ACTOR } from '@scoreline/runtime/model-lifecycle/approve-by-gate.ts';

/** They decide by themselves, by their rules: a record that names one of them was made by no person. */
const NOBODY: readonly unknown[] = [CONTROLLER, POLICY_ACTOR];

/**
 * Settles who decides before a decision's body is looked at: with keys it is the name of the key, and a body that claims
 * another name is refused; without them it is who the body says.
 */
export function settleActor(scope: HttpServer): void {
  scope.addHook('preValidation', async ({ body, caller, method }, reply) => {
    if (method === 'GET' || method === 'HEAD' || !isObject(body)) return undefined;
    const actor = body['actor'] === undefined ? caller?.name : body['actor'];
    if (caller !== undefined && actor !== caller.name) {
      const message = `the key is that of ${caller.name}, who decides under no other name`;
      return reply.code(403).send(describeProblem('actor.not_yours', message, 'actor'));
    }
    if (NOBODY.includes(actor)) {
      const message = `as ${NOBODY.join(' and ')} only the service itself decides`;
      return reply.code(403).send(describeProblem('actor.reserved', message, 'actor'));
    }
    if (actor !== undefined) body['actor'] = actor;
    return undefined;
  });
}

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
