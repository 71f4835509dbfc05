import type { RolloutPlan, RolloutStep } from '@scoreline/core/contracts/rollout-event.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { makePlan } from '@scoreline/core/rollout/make-plan.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';

/** A step as people give it: a share of all leads in (0, 1], and an ISO 8601 duration such as P1D. */
export interface StepRequest {
  readonly share: number;
  readonly duration: string;
}

/** A rollout as people ask for it; the rest is the policy's. */
export type StartRequest =
  | {
      readonly kind: 'canary';
      readonly version: VersionRef;
      /** Instead of the policy's. */
      readonly steps?: readonly StepRequest[];
    }
  | { readonly kind: 'ab_test'; readonly arms: readonly ArmRequest[] };

/** A version to be tried, with its share of all leads; what the arms leave is production's. */
export interface ArmRequest {
  readonly ref: VersionRef;
  readonly share: number;
}

/** The versions that are to get leads. */
export function versionsOf(request: StartRequest): readonly VersionRef[] {
  return request.kind === 'canary' ? [request.version] : request.arms.map(({ ref }) => ref);
}

/** The plan of a request; undefined where a step's duration is none. Whether it is a good one, the log's rules say. */
export function planOf(
  request: StartRequest,
  control: VersionRef,
  policy: CompletePolicy,
): RolloutPlan | undefined {
  if (request.kind === 'ab_test')
    return makePlan({ kind: 'ab_test', control, treatments: request.arms }, policy);
  const { version, steps } = request;
  if (steps === undefined) return makePlan({ kind: 'canary', control, version }, policy);
  const read = steps.map(readStep);
  const isWhole = read.every((step) => step !== undefined);
  return isWhole ? makePlan({ kind: 'canary', control, version, steps: read }, policy) : undefined;
}

function readStep({ share, duration: text }: StepRequest): RolloutStep | undefined {
  const duration = parseDuration(text);
  return duration?.unit === 'fixed' ? { share, duration_ms: duration.lengthMs } : undefined;
}

/** The policy of a model that says nothing; enough to judge a request by before its package is at hand. */
export function standardPolicy(): CompletePolicy {
  const outcome = completePolicy({});
  if (!outcome.ok) throw new Error(`the empty policy is refused: ${outcome.problems.join('; ')}`);
  return outcome.policy;
}

/** `bank-leads-1.1.0-20261121-143015`, of an A/B test with `-ab` before the time; counted on where it is taken. */
export function nameRollout(request: StartRequest, nowMs: number, isTaken: (id: string) => boolean): string {
  const [first = ''] = versionsOf(request);
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = `${first.replace('@', '-')}${request.kind === 'ab_test' ? '-ab' : ''}-${time}`;
  let id = name;
  for (let count = 2; isTaken(id); count++) id = `${name}-${count}`;
  return id;
}
