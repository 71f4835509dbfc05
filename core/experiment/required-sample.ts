import { normalQuantile } from '../drift/special/normal-quantile.ts';
import { alwaysValidWidth, type SequentialDesign } from './always-valid.ts';
import type { Measured } from './mean.ts';

/** What a test is to find. */
export interface WantedEffect {
  /** The control's conversion, in (0, 1). */
  readonly baseline: number;
  /** Relative: .1 finds 10 % more. Not 0. */
  readonly minimumEffect: number;
  readonly alpha: number;
  /** How often the test is to find it where it is there. */
  readonly power: number;
}

/**
 * Leads per arm that a test looked at once, at its end, needs: (z_α/₂ √(2p̄q̄) + z_β √(p₀q₀ + p₁q₁))² / (p₁ − p₀)²,
 * rounded up. Half the effect takes four times the leads. Null where no test can be planned: nobody or everybody
 * converts, or the wanted rate would leave 0…1. Source: Fleiss, Levin, Paik (2003), 4.2, without the correction.
 */
export function fixedHorizonLeadsPerArm(wanted: WantedEffect): number | null {
  const { baseline: p, alpha, power } = wanted;
  const q = p * (1 + wanted.minimumEffect);
  if (p <= 0 || p >= 1 || q < 0 || q >= 1) return null;
  const pooled = (p + q) / 2;
  const withoutEffect = normalQuantile(alpha / 2) * Math.sqrt(2 * pooled * (1 - pooled));
  const withEffect = normalQuantile(1 - power) * Math.sqrt(p * (1 - p) + q * (1 - q));
  return Math.ceil(((withoutEffect + withEffect) / (p - q)) ** 2);
}

/**
 * The same for a test that is looked at all along and planned for just these leads: the fixed horizon's, times
 * ((w + z_β) / (z_α/₂ + z_β))², w being the always-valid bound's width at its plan in standard errors. That is 1.91 at
 * α = .05 and a power of .8, and it is the most: a test stops as soon as it knows, mostly before.
 */
export function alwaysValidLeadsPerArm(wanted: WantedEffect): number | null {
  const fixed = fixedHorizonLeadsPerArm(wanted);
  if (fixed === null) return null;
  const width = alwaysValidWidth(1, { alpha: wanted.alpha, plannedLeadsPerArm: 1 });
  const margin = normalQuantile(1 - wanted.power);
  return Math.ceil(fixed * ((width + margin) / (normalQuantile(wanted.alpha / 2) + margin)) ** 2);
}

/** More leads than any test will see: beyond them a difference is as good as none. */
const NEVER = 1e12;

/**
 * Leads per arm at which the always-valid bound would exclude 0 if the present difference were the true one: where
 * |d|/s, which grows as √n, passes the bound's width. Chance brings it sooner or later, with about even odds. At most
 * `leadsPerArm` where the bound excludes 0 already; null where the difference is 0, or would take 10¹² leads.
 */
export function leadsPerArmToDecide(
  { value, standardError }: Measured,
  leadsPerArm: number,
  design: SequentialDesign,
): number | null {
  const excludesZero = (leads: number): boolean =>
    (Math.abs(value) / standardError) * Math.sqrt(leads / leadsPerArm) > alwaysValidWidth(leads, design);
  let [low, high] = [0, leadsPerArm];
  while (!excludesZero(high)) {
    if (high > NEVER) return null;
    [low, high] = [high, 2 * high];
  }
  // There is one crossing: z² grows as n; the squared width falls first, and then grows as ln n.
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (excludesZero(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}
