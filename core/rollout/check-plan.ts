import type { RolloutPlan } from '../contracts/rollout-event.ts';
import { toVersionRef } from '../registry/version-ref.ts';
import { CHECK_NAMES } from './evaluation.ts';

/** Rounding of shares that were given as decimals. */
const EPSILON = 1e-9;

/** Everything that keeps a plan from being one, each in words; empty where it is good. */
export function listPlanProblems(plan: RolloutPlan): string[] {
  return [...listVersionProblems(plan), ...listStepProblems(plan), ...listMeasureProblems(plan)];
}

function listVersionProblems({ kind, control, treatments }: RolloutPlan): string[] {
  const problems: string[] = [];
  const refs = [control, ...treatments].map(({ model, version }) => toVersionRef(model, version));
  if (refs.includes(undefined)) problems.push('a version is no <name>@<version>');
  if (new Set(refs).size < refs.length) problems.push('a version is named twice');
  if (treatments.length === 0) problems.push('there is no version to try');
  if (treatments.some(({ share }) => !(share > 0 && share <= 1))) problems.push('a share is not in (0, 1]');
  const total = treatments.reduce((sum, { share }) => sum + share, 0);
  if (total > 1 + EPSILON) problems.push(`the shares add up to ${total}, which is more than all leads`);
  else if (kind === 'ab_test' && total > 1 - EPSILON) problems.push('no lead is left to the control');
  const numbers = [control, ...treatments].map(({ version }) => version);
  if (new Set(numbers).size < new Set(refs).size)
    problems.push('two models’ versions have the same number: their leads could not be told apart');
  if (kind === 'canary' && (treatments.length !== 1 || treatments[0]?.share !== 1))
    problems.push('a canary has one version, whose share is 1');
  return problems;
}

function listStepProblems({ kind, steps }: RolloutPlan): string[] {
  const problems: string[] = [];
  if (steps.length === 0) problems.push('there is no step');
  if (steps.some(({ share }) => !(share > 0 && share <= 1))) problems.push('a step is not in (0, 1]');
  if (steps.some(({ duration_ms: ms }) => !(ms >= 0))) problems.push('a step lasts less than no time');
  const isRising = steps.every(({ share }, i) => i === 0 || share > (steps[i - 1]?.share ?? 0));
  if (!isRising) problems.push('the steps do not rise');
  if (kind === 'ab_test' && (steps.length !== 1 || steps[0]?.share !== 1))
    problems.push('an A/B test has one step, of share 1');
  return problems;
}

function listMeasureProblems(plan: RolloutPlan): string[] {
  const problems: string[] = [];
  const unknown = plan.checks.filter(({ name }) => !CHECK_NAMES.some((known) => known === name));
  for (const { name } of unknown) problems.push(`${name} is no check: ${CHECK_NAMES.join(', ')}`);
  if (plan.checks.some(({ limit }) => !(limit >= 0))) problems.push('a limit is below 0');
  if (!(plan.minimum_sample >= 1)) problems.push('minimum_sample is below 1');
  const spans = [plan.evaluate_every_ms, plan.window_ms, plan.horizon_ms, plan.patience_ms];
  if (spans.some((ms) => !(ms >= 0)) || plan.evaluate_every_ms === 0)
    problems.push('a span of time is below 0');
  if (!(plan.alpha > 0 && plan.alpha < 1)) problems.push('alpha is not in (0, 1)');
  return problems;
}
