import { createRandom, type Random } from '@scoreline/core/drift/testing/random.ts';
import { WATCHED_HOURS } from './drifts.ts';
import type { Detection, Tool } from './measure-known.ts';
import { PEERS, type Peer } from './peer-rule.ts';

const RESAMPLES = 4_000;
const SEED = 40_000;
/** Ends of the interval. */
const TAILS = [0.025, 0.975] as const;

/** Ours beside the better peer; `low` to `high` is the 95 % interval of ours − theirs. */
export interface Comparison {
  readonly ours: number;
  readonly peer: Peer;
  readonly theirs: number;
  readonly low: number;
  readonly high: number;
  /** `equal`: the interval holds 0. */
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
 * Ours beside the better peer for each kind. The interval is from a bootstrap of whole seeds: a seed's streams at all
 * rates share one world, and each was watched by all tools. None without peers.
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
  const verdict = low <= 0 && high >= 0 ? 'equal' : sign * low < 0 ? 'ahead' : 'behind';
  return { ours: mean(ours), peer, theirs: mean(means), low, high, verdict };
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

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / Math.max(1, numbers.length);
}
