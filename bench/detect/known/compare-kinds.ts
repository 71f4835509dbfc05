import { createRandom, type Random } from '@scoreline/core/drift/testing/random.ts';
import { WATCHED_HOURS } from './drifts.ts';
import type { Detection, Tool } from './detection.ts';
import { PEERS, type Peer } from './peer-rule.ts';

const RESAMPLES = 4_000;
const SEED = 40_000;
const ALPHA = 0.05;
/** Above it signs are drawn, not tried one after another: 4,096 combinations. */
const MOST_ENUMERATED = 12;
/** Ends of the interval. */
const TAILS = [0.025, 0.975] as const;

/** Ours beside the better peer; `low` to `high` is the 95 % interval of ours − theirs. */
export interface Comparison {
  readonly ours: number;
  readonly peer: Peer;
  readonly theirs: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of the seeds' differences being as likely to either side: see {@link signFlipP}. */
  readonly pValue: number;
  /** `equal`: by chance alone the difference would be as large more than once in twenty. */
  readonly verdict: 'ahead' | 'equal' | 'behind';
}

/** One kind of drift over all its sizes and rates of leads, at matched rates of false alarms. */
export interface KindComparison {
  readonly kind: string;
  /** Drifts times streams. */
  readonly cases: number;
  /** Mean hours until it was found; one that was missed counts the whole time that it was watched. */
  readonly delayHours: Comparison;
  /** Share that was found while it was watched. */
  readonly power: Comparison;
}

/** What is compared: a figure of each delay, and which direction is better. */
interface Measure {
  readonly of: (delay: number | null) => number;
  readonly better: 'less' | 'more';
}

const DELAY: Measure = { of: (delay) => delay ?? WATCHED_HOURS, better: 'less' };
const POWER: Measure = { of: (delay) => (delay === null ? 0 : 1), better: 'more' };

/**
 * Ours beside the better peer for each kind. By whole seeds, as a seed's streams at all rates share one world, and each
 * was watched by all tools: the interval is from their bootstrap, which is too narrow for few, so that the verdict is
 * a sign-flip test's, which is exact for any number and never certain with fewer than six. None without peers.
 */
export function compareKinds(detections: readonly Detection[]): readonly KindComparison[] {
  if (detections.some(({ matchedDelays }) => PEERS.some((peer) => matchedDelays[peer].length === 0)))
    return [];
  return Array.from(
    Map.groupBy(detections, ({ kind }) => kind),
    ([kind, ofKind]) => ({
      kind,
      cases: ofKind.reduce((sum, { matchedDelays }) => sum + matchedDelays.scoreline.length, 0),
      delayHours: compare(ofKind, DELAY),
      power: compare(ofKind, POWER),
    }),
  );
}

function compare(detections: readonly Detection[], measure: Measure): Comparison {
  const sign = measure.better === 'less' ? 1 : -1;
  const ours = meansBySeed(detections, 'scoreline', measure);
  const [best] = PEERS.map((peer) => ({ peer, means: meansBySeed(detections, peer, measure) })).sort(
    (a, b) => sign * (mean(a.means) - mean(b.means)),
  );
  const { peer, means } = best ?? { peer: PEERS[0], means: ours };
  const differences = ours.map((each, seed) => each - (means[seed] ?? 0));
  const { low, high } = bootstrapMean(differences, createRandom(SEED));
  const pValue = signFlipP(differences, createRandom(SEED));
  const verdict = pValue > ALPHA ? 'equal' : sign * mean(differences) < 0 ? 'ahead' : 'behind';
  return { ours: mean(ours), peer, theirs: mean(means), low, high, pValue, verdict };
}

/** Of each seed the mean over sizes and rates. */
function meansBySeed(detections: readonly Detection[], tool: Tool, { of }: Measure): readonly number[] {
  const seeds = detections[0]?.matchedDelays[tool].length ?? 0;
  return Array.from({ length: seeds }, (_, seed) =>
    mean(detections.map(({ matchedDelays }) => of(matchedDelays[tool][seed] ?? null))),
  );
}

function bootstrapMean(values: readonly number[], random: Random): { low: number; high: number } {
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(values.map(() => values[Math.floor(random.uniform() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  const [low, high] = TAILS.map((tail) => means[Math.round(tail * (RESAMPLES - 1))] ?? 0);
  return { low: low ?? 0, high: high ?? 0 };
}

/**
 * Fisher's randomisation test of paired differences: the share of all ways to choose their signs whose mean is as far
 * from 0 as theirs. Source: Fisher (1935), The Design of Experiments, 21.
 */
function signFlipP(differences: readonly number[], random: Random): number {
  const n = differences.length;
  const isEnumerated = n <= MOST_ENUMERATED;
  const tries = isEnumerated ? 2 ** n : RESAMPLES;
  const observed = Math.abs(mean(differences)) * (1 - 1e-12);
  let asFar = 0;
  for (let signs = 0; signs < tries; signs += 1) {
    const flipped = differences.map((x, i) =>
      (isEnumerated ? (signs >> i) & 1 : random.uniform() < 0.5) ? x : -x,
    );
    if (Math.abs(mean(flipped)) >= observed) asFar += 1;
  }
  return isEnumerated ? asFar / tries : (asFar + 1) / (tries + 1);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / Math.max(1, numbers.length);
}
