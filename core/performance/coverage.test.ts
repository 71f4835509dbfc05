import { expect, it } from 'vitest';
import { seededRandom } from '../shadow/seeded-random.ts';
import { estimateCohort } from './estimate-cohort.ts';
import { findMetric } from './metric-row.ts';
import type { Metric } from './metric.ts';
import { areaUnderRoc } from './metrics/auc.ts';
import { averagePrecision } from './metrics/average-precision.ts';
import { brierOf } from './metrics/brier.ts';
import { calibrationError } from './metrics/calibration-error.ts';
import { confusionAt } from './metrics/confusion.ts';
import { f1Of } from './metrics/f1.ts';
import { liftOf } from './metrics/lift.ts';
import { meanAbsoluteError } from './metrics/mean-absolute-error.ts';
import { medianOf } from './metrics/median.ts';
import { ndcgAtK } from './metrics/ndcg.ts';
import { observedOverExpected } from './metrics/observed-over-expected.ts';
import { precisionAtK } from './metrics/precision-at-k.ts';
import { precisionOf } from './metrics/precision.ts';
import { rankCorrelation } from './metrics/rank-correlation.ts';
import { recallOf } from './metrics/recall.ts';
import { revenuePerLead } from './metrics/revenue-per-lead.ts';
import { foldLeads, type ScoreCells } from './score-cells.ts';

const LEADS = 400;
const COHORTS = 600;
/** 95 of 100, less what 600 cohorts leave to chance. */
const HELD = 0.925;
const random = seededRandom(6);
const gauss = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());

interface Leads {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
}

/** Leads of a classifier that promises too much: p is the square of a score of .5 on average, to three digits. */
function classified(size: number, truth: (score: number) => number = (score) => score ** 2): Leads {
  const scores = Float64Array.from({ length: size }, () => Math.round(1e3 * random() ** 1.5) / 1e3);
  return { scores, labels: scores.map((score) => Number(random() < truth(score))) };
}
const cellsOf = ({ scores, labels }: Leads): ScoreCells => foldLeads(scores, labels);

/** A truth and a score beside it. */
function regressed(size: number): Leads {
  const labels = Float64Array.from({ length: size }, () => gauss());
  return { labels, scores: labels.map((label) => label + gauss()) };
}

function ranked(groups: number): Metric {
  const rows = regressed(groups * 8);
  const labels = rows.labels.map((label) => Math.max(0, Math.round(label)));
  return ndcgAtK({ ...rows, labels, starts: Uint32Array.from({ length: groups }, (_, g) => 8 * g) }, 3);
}

/** Half of the leads bring something, skewed. */
function revenue(size: number): Metric {
  const values = Float64Array.from({ length: size }, () => (random() < 0.5 ? 0 : Math.exp(0.7 * gauss())));
  const sum = values.reduce((total, value) => total + value, 0);
  return revenuePerLead({ size, sum, sumOfSquares: values.reduce((total, value) => total + value ** 2, 0) });
}

const METRICS: Record<string, (size: number) => Metric> = {
  auc: (size) => areaUnderRoc(cellsOf(classified(size))),
  averagePrecision: (size) => averagePrecision(cellsOf(classified(size))),
  brier: (size) => brierOf(cellsOf(classified(size))),
  precision: (size) => precisionOf(confusionAt(cellsOf(classified(size)), 0.6)),
  recall: (size) => recallOf(confusionAt(cellsOf(classified(size)), 0.6)),
  f1: (size) => f1Of(confusionAt(cellsOf(classified(size)), 0.6)),
  lift: (size) => liftOf(cellsOf(classified(size))),
  precisionAtTheTop: (size) => precisionAtK(cellsOf(classified(size)), size / 10),
  calibrationError: (size) => calibrationError(cellsOf(classified(size))),
  observedOverExpected: (size) => observedOverExpected(cellsOf(classified(size))),
  ndcg: (size) => ranked(size / 8),
  spearman: (size) => {
    const { scores, labels } = regressed(size);
    return rankCorrelation(scores, labels);
  },
  meanAbsoluteError: (size) => {
    const { scores, labels } = regressed(size);
    return meanAbsoluteError(scores, labels);
  },
  median: (size) => medianOf(Float64Array.from({ length: size }, () => Math.exp(gauss()))),
  revenuePerLead: revenue,
};

it.each(Object.entries(METRICS))('the interval of %s holds the true value in 95 of 100 cohorts', (_, of) => {
  const truth = of(100_000).value!;
  let held = 0;
  for (let cohort = 0; cohort < COHORTS; cohort++) {
    const { value, ...found } = of(LEADS);
    if (value === null || !('low' in found)) continue;
    held += Number(found.low! <= truth && truth <= found.high!);
  }
  expect(held / COHORTS).toBeGreaterThanOrEqual(HELD);
});

it('the sampling band of an estimate holds what is realised where scores are calibrated', () => {
  const held = new Map<string, number>();
  const COMPARED = ['auc', 'precision', 'recall', 'f1', 'brier'] as const;
  for (let cohort = 0; cohort < COHORTS; cohort++) {
    const leads = classified(LEADS, (score) => score);
    const cells = cellsOf(leads);
    const rows = estimateCohort(cells, 0.6);
    const confusion = confusionAt(cells, 0.6);
    const realised = {
      auc: areaUnderRoc(cells).value,
      precision: precisionOf(confusion).value,
      recall: recallOf(confusion).value,
      f1: f1Of(confusion).value,
      brier: brierOf(cells).value,
    };
    for (const metric of COMPARED) {
      const { low, high } = findMetric(rows, metric)!;
      const isHeld = low! <= realised[metric]! && realised[metric]! <= high!;
      held.set(metric, (held.get(metric) ?? 0) + Number(isHeld));
    }
  }
  for (const count of held.values()) expect(count / COHORTS).toBeGreaterThanOrEqual(HELD);
});
