import type { Manifest } from '../contracts/manifest.ts';
import { compareTop, type TopComparison } from './compare-top.ts';
import { type AucComparison, compareAuc } from './delong.ts';
import { spearman } from './spearman.ts';
import { topOverlap } from './top-overlap.ts';

/** Pairs as columns: entry i of each is one lead event. */
export interface LabelledPairs {
  readonly production: Float64Array;
  readonly candidate: Float64Array;
  /** NaN where the outcome isn't mature or isn't known. */
  readonly labels: Float64Array;
  /** Revenue; NaN where none was told. */
  readonly values: Float64Array;
}

/** What is said of the pairs one by one. */
export interface PairComparison {
  readonly spearman: number | null;
  /** Share of production's k best leads that are among the candidate's k best. */
  readonly topOverlap: { readonly k: number; readonly share: number };
  /** On the labelled pairs; null for other tasks than classification, or with too few of either class. */
  readonly auc: AucComparison | null;
  /** On the labelled pairs: the top decile; null where no pair has a label. */
  readonly top: TopComparison | null;
  /** What a lead of the top brings: `revenue` where any outcome has a value, else its label. */
  readonly kpi: 'revenue' | 'conversions';
}

const TOP_SHARE = 0.1;

/** Compares the pairs; null without any. A lead without a value brought no revenue. */
export function comparePairs(pairs: LabelledPairs, task: Manifest['task']): PairComparison | null {
  const count = pairs.production.length;
  if (count === 0) return null;
  const labelled = pickLabelled(pairs);
  const hasRevenue = labelled.values.some((value) => !Number.isNaN(value));
  const values = hasRevenue ? labelled.values.map((value) => value || 0) : labelled.labels;
  const k = Math.ceil(TOP_SHARE * count);
  return {
    spearman: spearman(pairs.production, pairs.candidate),
    topOverlap: { k, share: topOverlap(pairs.production, pairs.candidate, k) ?? 0 },
    auc:
      task === 'classification' ? compareAuc(labelled.production, labelled.candidate, labelled.labels) : null,
    top: compareTop({ ...labelled, values }, TOP_SHARE),
    kpi: hasRevenue ? 'revenue' : 'conversions',
  };
}

function pickLabelled(pairs: LabelledPairs): LabelledPairs {
  const hasLabel = (_: number, i: number): boolean => !Number.isNaN(pairs.labels[i] ?? NaN);
  return {
    production: pairs.production.filter(hasLabel),
    candidate: pairs.candidate.filter(hasLabel),
    labels: pairs.labels.filter(hasLabel),
    values: pairs.values.filter(hasLabel),
  };
}
