import type { CheckPolicy, Policy, RolloutChecksPolicy, RolloutPolicy } from '../contracts/policy.ts';
import type { RolloutCheck, RolloutStep } from '../contracts/rollout-event.ts';

/** How canaries rise and what they are measured by, with nothing left to decide. Spans are in milliseconds. */
export interface CompleteRolloutPolicy {
  readonly steps: readonly RolloutStep[];
  readonly checks: readonly RolloutCheck[];
  readonly evaluateEveryMs: number;
  readonly windowMs: number;
  readonly minimumSample: number;
  readonly patienceMs: number;
}

/** Reads a span of time, or adds a problem. */
export type ReadSpan = (place: string, text: string) => number;

const STEPS = [
  { share: 0.1, duration: 'P1D' },
  { share: 0.5, duration: 'P2D' },
];

/**
 * Guardrails (what costs leads or money by itself) roll back; signals (what is odd and may have a good reason) pause.
 */
const CHECKS: Readonly<Record<keyof RolloutChecksPolicy, Omit<RolloutCheck, 'name'>>> = {
  error_rate: { limit: 0.02, on_failure: 'roll_back' },
  latency: { limit: 0.5, on_failure: 'roll_back' },
  kpi: { limit: 0.1, on_failure: 'roll_back' },
  score_drift: { limit: 0.2, on_failure: 'pause' },
  shadow_disagreement: { limit: 0.001, on_failure: 'pause' },
  sample_ratio: { limit: 0.001, on_failure: 'pause' },
};

/** Fills in the defaults of the policy's section `rollout`; problems are added to `problems`. */
export function completeRollout(
  rollout: RolloutPolicy,
  readSpan: ReadSpan,
  problems: string[],
): CompleteRolloutPolicy {
  const steps = (rollout.steps ?? STEPS).map(({ share, duration }, i) => ({
    share,
    duration_ms: readSpan(`rollout.steps[${i}].duration`, duration),
  }));
  if (steps.some(({ share }, i) => i > 0 && share <= (steps[i - 1]?.share ?? 0)))
    problems.push('rollout.steps: the shares must rise from step to step');
  return {
    steps,
    checks: completeChecks(rollout.checks ?? {}),
    evaluateEveryMs: readSpan('rollout.evaluate_every', rollout.evaluate_every ?? 'PT30S'),
    windowMs: readSpan('rollout.window', rollout.window ?? 'PT1H'),
    minimumSample: rollout.minimum_sample ?? 200,
    patienceMs: readSpan('rollout.patience', rollout.patience ?? 'P1D'),
  };
}

function completeChecks(checks: RolloutChecksPolicy): RolloutCheck[] {
  return Object.entries(CHECKS).flatMap(([name, standard]) => {
    const given: CheckPolicy | undefined = checks[name as keyof RolloutChecksPolicy];
    return given === null ? [] : [{ name, ...standard, ...given }];
  });
}

/** How A/B tests are read. */
export interface CompleteExperimentPolicy {
  readonly alpha: number;
  readonly minimumEffect: number;
  readonly plannedLeads: number;
}

export function completeExperiment({ experiment = {} }: Policy): CompleteExperimentPolicy {
  return {
    alpha: experiment.alpha ?? 0.05,
    minimumEffect: experiment.minimum_effect ?? 0.1,
    plannedLeads: experiment.planned_leads ?? 10_000,
  };
}
