import { twoProportions } from '../drift/two-proportions.ts';
import type { Version } from '../shadow/report.ts';
import {
  type AlwaysValidBound,
  alwaysValidBound,
  equalLeadsPerArm,
  type SequentialDesign,
} from './always-valid.ts';
import type { Arm } from './arm.ts';
import { type IntervalEstimate, normalInterval } from './interval-estimate.ts';
import { differenceOf, type Measured, meanOf } from './mean.ts';
import { newcombeInterval, type Proportion } from './newcombe.ts';
import { relativeLift } from './relative-lift.ts';
import { leadsPerArmToDecide } from './required-sample.ts';

/** Below these, in either arm, the sample is no base for a bound that holds for large ones. */
export const FIRST_READING = { leads: 100, conversions: 5, others: 5 } as const;

/** By the always-valid bound of the conversions' difference: above 0, below 0, around it, or not to be had yet. */
export type ComparisonState = 'better' | 'worse' | 'undecided' | 'too_little_data';

/** What it would take until the bound excludes 0, if the present difference were the true one. */
export interface ToGo {
  /** Mature leads of all arms together, beyond the present ones. */
  readonly leads: number;
  /** At the present rate; null where none is known. */
  readonly days: number | null;
}

/** One treatment beside the control. Differences are treatment − control, at confidence 1 − `alpha`. */
export interface Comparison {
  readonly treatment: Version;
  readonly state: ComparisonState;
  /** The comparison's part of the test's α. */
  readonly alpha: number;
  readonly conversion: {
    /** Newcombe's interval: valid for one look, at a size planned before. */
    readonly difference: IntervalEstimate;
    /** Relative to the control, valid for one look; null where an arm has no conversion. */
    readonly lift: IntervalEstimate | null;
    /** What the verdict goes by. */
    readonly alwaysValid: AlwaysValidBound | null;
    /** Of no difference, for reference: *not valid* where the test is looked at more than once. */
    readonly fixedHorizonPValue: number;
  } | null;
  /** Null without values, or with fewer than two leads in an arm. */
  readonly revenuePerLead: {
    /** Normal interval, valid for one look. */
    readonly difference: IntervalEstimate;
    readonly alwaysValid: AlwaysValidBound | null;
  } | null;
  /** The bound lies within ± the minimum effect: what is worth finding is not there, either way. */
  readonly isMinimumEffectExcluded: boolean;
  /** Where undecided; null too where both convert alike. */
  readonly toGo: ToGo | null;
}

/** What a comparison goes by. */
export interface ComparisonPlan extends SequentialDesign {
  readonly minimumEffect: number;
  readonly leadsPerDay: number | null;
}

/** Compares a treatment with the control, on mature leads. O(1). */
export function compareArms(treatment: Arm, control: Arm, plan: ComparisonPlan): Comparison {
  const { model, version } = treatment;
  const bound =
    isReadable(treatment) && isReadable(control) ? conversionBound(treatment, control, plan) : null;
  const state = stateOf(bound);
  return {
    treatment: { model, version },
    state,
    alpha: plan.alpha,
    conversion: compareConversion(treatment, control, bound, plan.alpha),
    revenuePerLead: compareRevenue(treatment, control, plan),
    isMinimumEffectExcluded: bound !== null && isWithin(bound, plan.minimumEffect * rateOf(control).value),
    toGo: state === 'undecided' ? toGoOf(treatment, control, plan) : null,
  };
}

/** Whether an arm may be read at all. */
export function isReadable({ leads, conversions }: Arm): boolean {
  return (
    leads >= FIRST_READING.leads &&
    conversions >= FIRST_READING.conversions &&
    leads - conversions >= FIRST_READING.others
  );
}

function compareConversion(
  treatment: Arm,
  control: Arm,
  alwaysValid: AlwaysValidBound | null,
  alpha: number,
): Comparison['conversion'] {
  if (treatment.leads === 0 || control.leads === 0) return null;
  const [a, b] = [conversionOf(treatment), conversionOf(control)];
  return {
    difference: newcombeInterval(a, b, alpha),
    lift: relativeLift(a, b, alpha),
    alwaysValid,
    fixedHorizonPValue: twoProportions(a.hits, a.size, b.hits, b.size).pValue,
  };
}

function compareRevenue(treatment: Arm, control: Arm, plan: ComparisonPlan): Comparison['revenuePerLead'] {
  const [a, b] = [revenueOf(treatment), revenueOf(control)];
  if (a === null || b === null) return null;
  const difference = differenceOf(a, b);
  const isSettled =
    isReadable(treatment) && isReadable(control) && a.standardError > 0 && b.standardError > 0;
  return {
    difference: normalInterval(difference.value, difference.standardError, plan.alpha),
    alwaysValid: isSettled ? alwaysValidBound(difference, leadsPerArmOf(treatment, control), plan) : null,
  };
}

function conversionBound(treatment: Arm, control: Arm, plan: ComparisonPlan): AlwaysValidBound {
  const difference = differenceOf(rateOf(treatment), rateOf(control));
  return alwaysValidBound(difference, leadsPerArmOf(treatment, control), plan);
}

function stateOf(bound: AlwaysValidBound | null): ComparisonState {
  if (bound === null) return 'too_little_data';
  if (bound.low > 0) return 'better';
  return bound.high < 0 ? 'worse' : 'undecided';
}

/** `share` of both arms is of all the test's leads. */
function toGoOf(treatment: Arm, control: Arm, plan: ComparisonPlan): ToGo | null {
  const present = leadsPerArmOf(treatment, control);
  const difference = differenceOf(rateOf(treatment), rateOf(control));
  const needed = leadsPerArmToDecide(difference, present, plan);
  if (needed === null) return null;
  const leads = Math.ceil((needed - present) / equalLeadsPerArm(treatment.share, control.share));
  return { leads, days: plan.leadsPerDay === null ? null : leads / plan.leadsPerDay };
}

function leadsPerArmOf(treatment: Arm, control: Arm): number {
  return equalLeadsPerArm(treatment.leads, control.leads);
}

/** Conversions of an arm's mature leads. */
export function conversionOf({ conversions, leads }: Arm): Proportion {
  return { hits: conversions, size: leads };
}

/** Revenue per mature lead; null without values, or with fewer than two leads. */
export function revenueOf({ revenue, leads }: Arm): Measured | null {
  return revenue === null || leads < 2 ? null : meanOf({ size: leads, ...revenue });
}

function rateOf({ conversions, leads }: Arm): Measured {
  const value = conversions / leads;
  return { value, standardError: Math.sqrt((value * (1 - value)) / leads) };
}

function isWithin({ low, high }: AlwaysValidBound, limit: number): boolean {
  return low > -limit && high < limit;
}
