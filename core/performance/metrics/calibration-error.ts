import { normalQuantile } from '../../drift/special/normal-quantile.ts';
import { calibrationOf, RELIABILITY_EDGES, type ReliabilitySums } from '../../shadow/calibration.ts';
import { seededRandom } from '../../shadow/seeded-random.ts';
import { type Metric, unmeasured } from '../metric.ts';
import type { ScoreCells } from '../score-cells.ts';

const DRAWS = 1_000;
const SEED = 20_081_101;

/**
 * Expected calibration error: the mean over leads of their score bin's |mean score − share converted|, in ten bins of
 * equal width. Chance alone makes it larger than 0, more so with few leads, and it can't be further from the true one
 * than the noise of its bins together, Σ |εᵦ|: the interval is that sum's 95 % quantile to either side, from 1,000
 * seeded normal draws per bin. Wide rather than wrong. Sources: Naeini, Cooper, Hauskrecht (2015); triangle inequality.
 */
export function calibrationError(cells: ScoreCells): Metric {
  const sums = reliabilitySums(cells);
  const leads = sums.reduce((total, { count }) => total + count, 0);
  const calibration = calibrationOf(sums);
  if (calibration === null) return unmeasured('no_leads', 0);
  const value = calibration.expectedError;
  const deviations = sums
    .filter(({ count }) => count > 0)
    // A bin without conversions isn't without noise: Agresti and Coull's two more of each.
    .map(({ count, labels }) => {
      const share = (labels + 2) / (count + 4);
      return Math.sqrt(count * share * (1 - share)) / leads;
    });
  const noise = noiseOf(deviations);
  return { value, low: Math.max(0, value - noise), high: Math.min(1, value + noise), sampleSize: leads };
}

function reliabilitySums({ scores, counts, positives }: ScoreCells): readonly ReliabilitySums[] {
  const bins = Array.from({ length: RELIABILITY_EDGES.length + 1 }, (_, bin) => {
    return { bin, count: 0, scores: 0, labels: 0, squaredErrors: 0 };
  });
  let bin = 0;
  for (const [i, score] of scores.entries()) {
    while (score > (RELIABILITY_EDGES[bin] ?? Infinity)) bin++;
    const sums = bins[bin];
    if (sums === undefined) continue;
    sums.count += counts[i] ?? 0;
    sums.scores += (counts[i] ?? 0) * score;
    sums.labels += positives[i] ?? 0;
  }
  return bins;
}

/** The 95 % quantile of Σ σᵦ |Zᵦ|. */
function noiseOf(deviations: readonly number[]): number {
  const random = seededRandom(SEED);
  const draws = Float64Array.from({ length: DRAWS }, () =>
    deviations.reduce((sum, deviation) => sum + deviation * normalQuantile(random() / 2 || 1e-12), 0),
  ).sort();
  return draws[Math.floor(0.95 * DRAWS)] ?? 0;
}
