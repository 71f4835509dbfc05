import type { Distribution, Reference } from '../contracts/reference.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import type { WindowChoice } from '../windows/reference-windows.ts';
import type { ComparedDistribution } from './compared-distribution.ts';
import type { ComparedWindows, TimeSpan } from './compared-windows.ts';
import { createHistograms, type Histogram, type WindowHistogram } from './histogram.ts';
import { createKsCells, withReferenceCounts } from './ks-cells.ts';
import { missingBinOf, otherBinOf } from './reference.ts';
import type { DriftResult } from './result.ts';
import { findUnusualWindows } from './unusual-windows.ts';

/** A window before the one that is judged, which holds leads. */
export interface EarlierWindow extends TimeSpan {
  readonly histogram: WindowHistogram;
}

/** What earlier windows are counted by. */
export interface ReferenceOfWindows {
  /** The package's: its bins and KS cells stay, its counts go. */
  readonly frozen: Reference;
  readonly choice: WindowChoice;
  /** ISO 8601 duration. */
  readonly size: string;
  /** Of those that the choice names the ones that hold leads, oldest first. */
  readonly earlier: readonly EarlierWindow[];
  readonly policy: CompletePolicy['drift'];
}

/** Earlier windows in the package's place. */
export interface WindowReference {
  /** For `evaluateWindow`. Empty where the windows are too few, or their leads: that is `insufficient_data`. */
  readonly reference: Reference;
  /** Results against it, each with its windows. */
  complete(results: readonly DriftResult[]): readonly DriftResult[];
}

/**
 * A reference with the frozen bins and the counts of earlier windows. A rolling one counts all of them: it is what has
 * been lately. Of a season's, those unlike the others are left out, subject by subject: one outage would be an
 * alarm at the same hour of each week after. What no window knows (mean, deviation, sample) stays the package's.
 */
export function createWindowReference(given: ReferenceOfWindows): WindowReference {
  const { frozen, earlier } = given;
  const features = frozen.features.map((_, i) => split(given, ({ features }) => features[i]?.counts ?? []));
  const score = split(given, ({ score }) => score.counts);
  const bands = split(given, (histogram) =>
    Object.keys(frozen.bands).map((band) => histogram.bands[band] ?? 0),
  );
  const { sum } = createHistograms(frozen);
  const counted = sum(
    earlier.map(({ histogram, startMs }) => ({
      features: histogram.features.map((own, i) => (counts(features[i], startMs) ? own : NOTHING)),
      score: counts(score, startMs) ? histogram.score : NOTHING,
      bands: counts(bands, startMs) ? histogram.bands : {},
    })),
  );
  const rows = counted.score.counts.reduce((total, count) => total + count, 0);
  const shortage = findShortage(given, rows);
  const summed = shortage === null ? counted : sum([]);
  const ofFeature = new Map(frozen.features.map(({ name }, i) => [name, features[i]]));
  const comparedWith = ({ signal, subject }: DriftResult): ComparedWindows | undefined => {
    if (signal === 'prediction_drift') return subject === 'bands' ? bands : score;
    return FEATURE_SIGNALS.has(signal) ? ofFeature.get(subject) : undefined;
  };
  return {
    reference: {
      rows,
      features: frozen.features.map((distribution, i) =>
        withCounts(distribution, summed.features[i] ?? NOTHING),
      ),
      score: withCounts(frozen.score, summed.score),
      bands: { ...summed.bands },
    },
    complete: (results) =>
      results.map((result) => {
        // Of all features together: no better than what each of them is compared with.
        if (result.statistic === 'weighted_share') {
          const told = { ...result, comparedWith: split(given, () => []) };
          return shortage === null ? told : { ...told, verdict: 'insufficient_data', detail: shortage };
        }
        const compared = comparedWith(result);
        if (compared === undefined) return result;
        return { ...result, comparedWith: compared, detail: shortage ?? result.detail };
      }),
  };
}

const NOTHING: Histogram = { counts: [], ks: null };

const FEATURE_SIGNALS: ReadonlySet<DriftResult['signal']> = new Set([
  'feature_drift',
  'missing_rate',
  'new_category',
]);

function split(
  { choice, size, earlier, policy }: ReferenceOfWindows,
  countsOf: (histogram: WindowHistogram) => readonly number[],
): ComparedWindows {
  const limits = { psi: policy.psi.warning, alpha: policy.alpha };
  const windows = earlier.map(({ histogram }) => countsOf(histogram));
  const unusual = new Set(choice.kind === 'season' ? findUnusualWindows(windows, limits) : []);
  const spans = earlier.map(({ startMs, endMs }) => ({ startMs, endMs }));
  return {
    choice,
    size,
    counted: spans.filter((_, i) => !unusual.has(i)),
    leftOut: spans.filter((_, i) => unusual.has(i)),
  };
}

function counts(compared: ComparedWindows | undefined, startMs: number): boolean {
  return compared?.counted.some((span) => span.startMs === startMs) ?? false;
}

function withCounts(distribution: Distribution, { counts: all, ks }: Histogram): ComparedDistribution {
  const { sample = [] } = distribution;
  const counted = {
    ...distribution,
    counts: all.slice(0, distribution.counts.length),
    other: all[otherBinOf(distribution)] ?? 0,
    missing: all[missingBinOf(distribution)] ?? 0,
  };
  if (ks === null) return counted;
  return { ...counted, cells: withReferenceCounts(createKsCells(sample), ks.cells, ks.counts, ks.offsets) };
}

function findShortage({ choice, earlier, policy }: ReferenceOfWindows, rows: number): string | null {
  if (earlier.length < choice.minimumWindows) {
    return `${earlier.length} of ${choice.windows} windows to compare with hold leads, ${choice.minimumWindows} are needed`;
  }
  if (rows >= policy.minimumSample) return null;
  return `${rows} leads in the ${earlier.length} windows to compare with, ${policy.minimumSample} are needed`;
}
