import type { Measured } from './mean.ts';

/** From four right digits to all of them, for any α that one would use. */
const NEWTON_STEPS = 4;

/** Bounds of a difference that may be looked at at any time. */
export interface AlwaysValidBound {
  readonly low: number;
  readonly high: number;
  /** Of no difference; below α exactly where the bound excludes 0. */
  readonly pValue: number;
}

/** Where a test that is looked at again and again stands. */
export interface SequentialDesign {
  /** How often at most a difference may be called where there is none, over all looks together; in (0, 1). */
  readonly alpha: number;
  /** Leads per arm, at which the bound is tightest: chosen before the first lead, never changed after. */
  readonly plannedLeadsPerArm: number;
}

/**
 * An always-valid bound for a difference between two arms (an asymptotic confidence sequence).
 *
 * A 95 % interval keeps its promise for one look. Who looks daily and stops at the first interval without 0 finds a
 * "winner" between two equal arms in more than a quarter of tests, as chance has a new try every day. This bound lies
 * around the truth at *all* times at once with probability 1 − α, so it may be looked at, and the test stopped, whenever.
 *
 * For a difference d with standard error s, at the fraction f = n / N of the planned leads per arm,
 *
 *     d ± s √((1 + 1/x) ln((1 + x) / α²)),   x = f · x*
 *
 * Why: without a difference z = d/s moves like a Brownian motion over its time's root, and for every true effect the
 * likelihood ratio against none is a fair bet. The mean of these bets over effects drawn from a normal distribution,
 * e = exp(z² x / (2 + 2x)) / √(1 + x), is fair too, so it ever reaches 1/α with probability at most α (Ville). The bound
 * holds the differences that this bet doesn't reject; p = min(1, 1/e). x is the variance of that distribution in units
 * of s²: one free number, for which {@link tightestAt} takes the value that makes the bound narrowest at the plan.
 *
 * The price is width: 3.04 s at the plan instead of 1.96 s (α = .05), 3.82 s at a tenth of it, 3.25 s at ten times it.
 * It holds as the central limit theorem does, from some sample on: `standardError`, which is > 0, has to be a good
 * estimate at the first look (compare-arms.ts waits for 100 leads, 5 conversions and 5 others an arm). When a lead
 * begins to count mustn't depend on what became of it: hence mature leads only.
 *
 * Sources: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences" (Annals of Statistics 2024), the Gaussian mixture; Robbins (1970); the p is that of the mixture
 * sequential probability ratio test in Johari, Koomen, Pekelis, Walsh (Operations Research 2022).
 */
export function alwaysValidBound(
  { value, standardError }: Measured,
  leadsPerArm: number,
  design: SequentialDesign,
): AlwaysValidBound {
  const halfWidth = standardError * alwaysValidWidth(leadsPerArm, design);
  const x = mixtureVariance(leadsPerArm, design);
  const logBet = ((value / standardError) ** 2 * x) / (2 + 2 * x) - Math.log1p(x) / 2;
  return { low: value - halfWidth, high: value + halfWidth, pValue: Math.min(1, Math.exp(-logBet)) };
}

/** Half the bound's width in standard errors: what stands where a fixed-horizon interval has 1.96. */
export function alwaysValidWidth(leadsPerArm: number, design: SequentialDesign): number {
  const x = mixtureVariance(leadsPerArm, design);
  return Math.sqrt((1 + 1 / x) * (Math.log1p(x) - 2 * Math.log(design.alpha)));
}

/**
 * Leads of each arm in an equally divided test that would tell as much as these: the harmonic mean of both. The
 * clock of the sequential bound, as the variance of a difference falls with it.
 */
export function equalLeadsPerArm(a: number, b: number): number {
  return 2 / (1 / a + 1 / b);
}

function mixtureVariance(leadsPerArm: number, { alpha, plannedLeadsPerArm }: SequentialDesign): number {
  return (leadsPerArm / plannedLeadsPerArm) * tightestAt(alpha);
}

/**
 * The x at which (1 + 1/x) ln((1 + x) / α²) is smallest: its derivative is 0 where u = 1 + x solves u − ln u = 1 − 2 ln α
 * (u = −W₋₁(−α²/e), Lambert's function), and the width there is √u. By Newton's steps, which double the digits.
 */
function tightestAt(alpha: number): number {
  const target = 1 - 2 * Math.log(alpha);
  let u = target + Math.log(target);
  for (let step = 0; step < NEWTON_STEPS; step++) u = (u * (Math.log(u) + target - 1)) / (u - 1);
  return u - 1;
}
