import type { Arm, ExperimentPlan } from './arm.ts';
import { compareArms, type Comparison, conversionOf, revenueOf } from './compare-arms.ts';
import { type IntervalEstimate, normalInterval } from './interval-estimate.ts';
import { wilsonInterval } from './newcombe.ts';
import { checkSampleRatio, type SampleRatio } from './sample-ratio.ts';
import { type ExperimentVerdict, reachVerdict } from './verdict.ts';

const DEFAULT_ALPHA = 0.05;

/** An arm, with what it brought by itself. Intervals are at confidence 1 − α, and valid for one look. */
export interface ArmReport extends Arm {
  /** Wilson's interval; null without mature leads. */
  readonly conversion: IntervalEstimate | null;
  /** Null without values, or with fewer than two leads. */
  readonly revenuePerLead: IntervalEstimate | null;
}

/** How an A/B test stands. */
export interface ExperimentReport {
  readonly plan: Required<ExperimentPlan>;
  /** In the order given, shares scaled to a sum of 1. */
  readonly arms: readonly ArmReport[];
  readonly sampleRatio: SampleRatio;
  /** One per treatment, in the order given. */
  readonly comparisons: readonly Comparison[];
  readonly verdict: ExperimentVerdict;
}

/**
 * Reads an A/B test from its arms' sums. It may be called as often as one likes: the verdict goes by always-valid
 * bounds of the difference in conversion, which between equal arms name a winner or a loser in at most α of all tests,
 * all looks together. With k treatments each comparison gets α/k (Bonferroni). The verdict is of now: one that was
 * right to act on stays so, even if a later look is undecided again. Throws where not exactly one of two or more arms
 * is the control.
 */
export function evaluateExperiment(given: readonly Arm[], plan: ExperimentPlan): ExperimentReport {
  const arms = scaleShares(given);
  const control = controlOf(arms);
  const alpha = plan.alpha ?? DEFAULT_ALPHA;
  const treatments = arms.filter(({ isControl }) => !isControl);
  const comparisonPlan = { ...plan, alpha: alpha / treatments.length };
  const comparisons = treatments.map((treatment) => compareArms(treatment, control, comparisonPlan));
  const sampleRatio = checkSampleRatio(arms);
  const { minimumEffect } = plan;
  return {
    plan: { ...plan, alpha },
    arms: arms.map((arm) => reportArm(arm, alpha)),
    sampleRatio,
    comparisons,
    verdict: reachVerdict({ control, arms, comparisons, sampleRatio, minimumEffect, alpha }),
  };
}

function reportArm(arm: Arm, alpha: number): ArmReport {
  const revenue = revenueOf(arm);
  return {
    ...arm,
    conversion: arm.leads === 0 ? null : wilsonInterval(conversionOf(arm), alpha),
    revenuePerLead: revenue === null ? null : normalInterval(revenue.value, revenue.standardError, alpha),
  };
}

function scaleShares(arms: readonly Arm[]): readonly Arm[] {
  const total = arms.reduce((sum, { share }) => sum + share, 0);
  return arms.map((arm) => ({ ...arm, share: arm.share / total }));
}

function controlOf(arms: readonly Arm[]): Arm {
  const [control, ...others] = arms.filter(({ isControl }) => isControl);
  if (control === undefined || others.length > 0 || arms.length < 2) {
    const versions = arms.map(({ model, version }) => `${model}@${version}`).join(', ');
    throw new Error(
      `An A/B test needs one control and a treatment, each with its version; isControl is set on ${others.length + (control ? 1 : 0)} of: ${versions}`,
    );
  }
  return control;
}
