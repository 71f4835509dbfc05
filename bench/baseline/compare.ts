import type { Ratios } from '../part.ts';
import type { Spread } from '../spread.ts';

/** A ratio in the baseline and in this run. */
export type Comparison =
  | {
      readonly name: string;
      readonly verdict: 'held' | 'fell' | 'rose';
      readonly before: Spread;
      readonly now: Spread;
      /** What a change has to exceed, as a share of the baseline's median. */
      readonly noise: number;
    }
  /** The baseline's part was not asked for in this run. */
  | { readonly name: string; readonly verdict: 'not measured'; readonly before: Spread }
  /** The baseline is older than it. */
  | { readonly name: string; readonly verdict: 'new'; readonly now: Spread };

/** Three runs that happen to agree don't make a machine without noise. */
const LEAST_NOISE = 0.1;

/**
 * Each ratio beside the baseline's, the baseline's order first. One fell or rose where its median moved by more than
 * its noise: the wider of both spreads (most minus least, by the median), and at least a tenth.
 */
export function compareRatios(baseline: Ratios, run: Ratios): readonly Comparison[] {
  const known = Object.entries(baseline).map(([name, before]) => compareRatio(name, before, run[name]));
  const added = Object.entries(run).filter(([name]) => baseline[name] === undefined);
  return [...known, ...added.map(([name, now]): Comparison => ({ name, verdict: 'new', now }))];
}

function compareRatio(name: string, before: Spread, now: Spread | undefined): Comparison {
  if (now === undefined) return { name, verdict: 'not measured', before };
  const noise = Math.max(LEAST_NOISE, relativeSpread(before), relativeSpread(now));
  const change = now.median / before.median - 1;
  const verdict = change < -noise ? 'fell' : change > noise ? 'rose' : 'held';
  return { name, verdict, before, now, noise };
}

function relativeSpread({ median, min, max }: Spread): number {
  return (max - min) / median;
}
