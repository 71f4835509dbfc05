import { seededRandom } from '../../shadow/seeded-random.ts';
import { type Ranking, rankBestFirst, sumOfTop } from '../../shadow/top-share.ts';
import { effectiveSizeOf } from './quantile-bounds.ts';

/** Leads of one arm as columns: entry i of each is one lead with a mature outcome. */
export interface ArmOutcomes {
  readonly scores: Float64Array;
  /** What it brought: revenue, or its label. */
  readonly values: Float64Array;
  /** 1 by the probability with which a lead came to this arm when it did: shares change from step to step. */
  readonly weights: Float64Array;
}

/** The gain of a treatment's best leads beside the control's. */
export interface GainComparison {
  /** Treatment's gain by control's, less 1. */
  readonly change: number;
  /** Of `change`, were the treatment no different. */
  readonly standardError: number;
  /** Leads that bring something, expected in the smaller top, were the treatment no different. */
  readonly expected: number;
}

const TOP_SHARE = 0.1;
const RESAMPLES = 200;
const SEED = 20_081_101;

/**
 * Compares what a lead of either arm's best-scored tenth brings on average. Arms are weighted by 1 / probability, so that
 * both stand for all leads of the rollout: else a canary, whose leads are mostly of its late steps, would be compared
 * with earlier weeks.
 *
 * The standard error is that of no difference: a bootstrap of the control (drawn with replacement, 200 times, seeded)
 * says how far its gain scatters, and the treatment's scatters √(n_control / n_treatment) as far. A bootstrap of the
 * treatment would fail just where it matters: of a top without a conversion, every resample is without one too. Null
 * where the control gains nothing. O(200 n log n). Sources: Horvitz and Thompson (1952); Efron and Tibshirani (1993).
 */
export function compareGains(treatment: ArmOutcomes, control: ArmOutcomes): GainComparison | null {
  const ranking = rankBestFirst(control.scores);
  const base = gainOf(ranking, control, control.weights);
  if (!(base > 0)) return null;
  const own = gainOf(rankBestFirst(treatment.scores), treatment, treatment.weights);
  const sizes = { treatment: sizeOf(treatment), control: sizeOf(control) };
  const scatter = deviationOf(resampleGains(ranking, control));
  const bringing = sumOfTop(ranking, control.values.map(Math.sign), ones(control), TOP_SHARE);
  return {
    change: own / base - 1,
    standardError: (scatter / base) * Math.sqrt(1 + sizes.control / sizes.treatment),
    expected: bringing * Math.min(1, treatment.scores.length / control.scores.length),
  };
}

/** What a lead of the top brings on average. */
function gainOf(ranking: Ranking, { values }: ArmOutcomes, weights: Float64Array): number {
  const top = TOP_SHARE * weights.reduce((sum, weight) => sum + weight, 0);
  return sumOfTop(ranking, values, weights, TOP_SHARE) / top;
}

function resampleGains(ranking: Ranking, arm: ArmOutcomes): number[] {
  const random = seededRandom(SEED);
  const leads = arm.scores.length;
  const weights = new Float64Array(leads);
  return Array.from({ length: RESAMPLES }, () => {
    weights.fill(0);
    for (let draw = 0; draw < leads; draw++) {
      const lead = Math.floor(random() * leads);
      weights[lead] = (weights[lead] ?? 0) + (arm.weights[lead] ?? 0);
    }
    return gainOf(ranking, arm, weights);
  });
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Leads that count, uneven weights telling less than even ones. */
function sizeOf({ weights }: ArmOutcomes): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return effectiveSizeOf(
    sum,
    weights.reduce((total, weight) => total + weight * weight, 0),
  );
}

function ones({ scores }: ArmOutcomes): Float64Array {
  return new Float64Array(scores.length).fill(1);
}
