import type { RolloutPlan, RolloutStep, RolloutTreatment } from '../contracts/rollout-event.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { splitVersionRef, type VersionRef } from '../registry/version-ref.ts';

/** What a plan is about; everything else is the policy's. */
export type PlanRequest =
  | {
      readonly kind: 'canary';
      readonly control: VersionRef;
      readonly version: VersionRef;
      /** Instead of the policy's. */
      readonly steps?: readonly RolloutStep[];
    }
  | {
      readonly kind: 'ab_test';
      readonly control: VersionRef;
      /** Shares of all leads; what they leave is the control's. */
      readonly treatments: readonly { readonly ref: VersionRef; readonly share: number }[];
    };

/** The plan that a policy makes of a request; {@link listPlanProblems} says whether it is one. */
export function makePlan(request: PlanRequest, policy: CompletePolicy): RolloutPlan {
  const { rollout, experiment, outcomes } = policy;
  return {
    kind: request.kind,
    control: splitVersionRef(request.control),
    treatments: treatmentsOf(request),
    steps: request.kind === 'canary' ? (request.steps ?? rollout.steps) : [{ share: 1, duration_ms: 0 }],
    checks: rollout.checks,
    minimum_sample: rollout.minimumSample,
    evaluate_every_ms: rollout.evaluateEveryMs,
    window_ms: rollout.windowMs,
    patience_ms: rollout.patienceMs,
    horizon_ms: outcomes.horizonMs,
    without_outcome: outcomes.withoutOutcome,
    alpha: experiment.alpha,
    minimum_effect: experiment.minimumEffect,
    planned_leads: experiment.plannedLeads,
  };
}

function treatmentsOf(request: PlanRequest): RolloutTreatment[] {
  if (request.kind === 'canary') return [{ ...splitVersionRef(request.version), share: 1 }];
  return request.treatments.map(({ ref, share }) => ({ ...splitVersionRef(ref), share }));
}
