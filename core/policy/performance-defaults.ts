import type { Levels, Policy } from '../contracts/policy.ts';
import { type Duration, divides, nominalLengthMs } from '../windows/duration.ts';
import { readDurations, readLevels } from './read-values.ts';

/** How outcomes are measured and judged, with nothing left to decide. */
export interface CompletePerformancePolicy {
  /** Sizes of cohorts. */
  readonly windows: readonly Duration[];
  /** Of them, those that may alarm. */
  readonly alertOn: readonly Duration[];
  /** At or above it a lead counts as predicted to convert; null: the lower bound of the model's best band. */
  readonly threshold: number | null;
  readonly topK: number;
  readonly ndcgK: number;
  readonly minimumSample: number;
  /** Leads of the rarer class. */
  readonly minimumClass: number;
  /** Training AUC less the cohort's. */
  readonly aucDrop: Levels;
  readonly aucMinimum: number | null;
  /** Observed over expected, or the other way round, less 1. */
  readonly calibrationExcess: Levels;
  /** Relative fall below the version's earlier cohorts. */
  readonly businessDrop: Levels;
  /** How many earlier cohorts that is. */
  readonly compareWith: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALWAYS = ['P1D', 'P1M'];

/** Fills in the defaults of the policy's section `performance`; problems are added to `problems`. */
export function completePerformance(
  { performance = {} }: Policy,
  windows: { readonly base: Duration; readonly alertOn: readonly Duration[] },
  problems: string[],
): CompletePerformancePolicy {
  const sizes = performance.windows
    ? readDurations('performance.windows', performance.windows, problems)
    : defaultSizes(windows);
  for (const size of sizes) {
    if (!divides(windows.base, size) || nominalLengthMs(size) < HOUR_MS)
      problems.push(
        `performance.windows: ${size.text} is no whole number of ${windows.base.text} windows (windows.base), or shorter than an hour`,
      );
  }
  const alertOn = performance.alert_on
    ? readDurations('performance.alert_on', performance.alert_on, problems)
    : sizes;
  for (const size of alertOn) {
    if (!sizes.some((known) => known.text === size.text))
      problems.push(`performance.alert_on: ${size.text} is not among performance.windows`);
  }
  const ratio = readLevels('performance.calibration', performance.calibration, [1.25, 1.5], problems);
  return {
    windows: sizes,
    alertOn,
    threshold: performance.threshold ?? null,
    topK: performance.top_k ?? 100,
    ndcgK: performance.ndcg_k ?? 10,
    minimumSample: performance.minimum_sample ?? 200,
    minimumClass: performance.minimum_class ?? 20,
    aucDrop: readLevels('performance.auc_drop', performance.auc_drop, [0.05, 0.1], problems),
    aucMinimum: performance.auc_minimum ?? null,
    calibrationExcess: { warning: ratio.warning - 1, critical: ratio.critical - 1 },
    businessDrop: readLevels('performance.business_drop', performance.business_drop, [0.2, 0.4], problems),
    compareWith: performance.compare_with ?? 12,
  };
}

/** Sizes from a day up that drift alarms on, days and calendar months beside them: what the base divides. */
function defaultSizes({
  base,
  alertOn,
}: {
  readonly base: Duration;
  readonly alertOn: readonly Duration[];
}): readonly Duration[] {
  const always = readDurations('performance.windows', ALWAYS, []);
  const sizes = [...alertOn.filter((size) => nominalLengthMs(size) >= DAY_MS), ...always];
  return [...new Map(sizes.map((size) => [size.text, size])).values()]
    .filter((size) => divides(base, size))
    .sort((a, b) => nominalLengthMs(a) - nominalLengthMs(b));
}
