import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAuc } from '../shadow/delong.ts';
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
import { poissonBinomialCdf } from './metrics/poisson-binomial.ts';
import { precisionAtK } from './metrics/precision-at-k.ts';
import { precisionOf } from './metrics/precision.ts';
import { rankCorrelation } from './metrics/rank-correlation.ts';
import { recallOf } from './metrics/recall.ts';
import { revenuePerLead } from './metrics/revenue-per-lead.ts';
import { shareMetric } from './metrics/wilson.ts';
import { foldLeads, foldScores, totalsOf } from './score-cells.ts';
import classification from './vectors/classification.json' with { type: 'json' };
import estimates from './vectors/estimate.json' with { type: 'json' };
import expectations from './vectors/expected.json' with { type: 'json' };
import rankings from './vectors/ranking.json' with { type: 'json' };
import regressions from './vectors/regression.json' with { type: 'json' };

const floats = (values: readonly number[]): Float64Array => Float64Array.from(values);
const cellsOf = (scores: readonly number[], labels: readonly number[]) =>
  foldLeads(floats(scores), floats(labels));

/** The value with as many bounds as are compared, to 1e-12. */
function near(vector: readonly number[]): unknown {
  return vector.map((number) => expect.closeTo(number, 12) as number);
}
function told(found: Metric, bounds = 2): readonly unknown[] {
  return found.value === null ? [found.reason] : [found.value, found.low, found.high].slice(0, 1 + bounds);
}

describe('a classifier is measured as scikit-learn and SciPy do', () => {
  it.each(classification)('AUC $auc.0', (vector) => {
    const cells = cellsOf(vector.scores, vector.labels);
    const confusion = confusionAt(cells, 0.5);
    expect(told(areaUnderRoc(cells))).toEqual(near(vector.auc));
    expect(told(averagePrecision(cells))).toEqual(near(vector.averagePrecision));
    expect(told(precisionOf(confusion))).toEqual(near(vector.precision));
    expect(told(recallOf(confusion))).toEqual(near(vector.recall));
    expect(told(f1Of(confusion), 0)).toEqual(near([vector.f1]));
    expect(told(brierOf(cells))).toEqual(near(vector.brier));
    const { positives, leads } = totalsOf(cells);
    expect(told(shareMetric(positives, leads))).toEqual(near(vector.conversion));
  });

  it('and its area is that of the comparison of two models', () => {
    for (const { scores, labels } of classification) {
      const compared = compareAuc(floats(scores), floats(scores), floats(labels));
      expect(told(areaUnderRoc(cellsOf(scores, labels)), 0)).toEqual(
        near([compared?.production.value ?? NaN]),
      );
    }
  });
});

describe('observed over expected', () => {
  it.each(expectations)('has the p of SciPy: $pValue', ({ scores, observed, ratio, pValue }) => {
    const labels = scores.map((_, i) => Number(i < observed));
    const found = observedOverExpected(cellsOf(scores, labels));
    expect(told(found, 0)).toEqual(near([ratio]));
    expect(found).toMatchObject({ observed, pValue: expect.closeTo(pValue, 9) as number });
  });

  it('is exact where few convert, whatever the order of the leads', () => {
    const scores = [0.1, 0.4, 0.4, 0.9];
    const none = scores.reduce((product, p) => product * (1 - p), 1);
    expect(poissonBinomialCdf(cellsOf(scores, [0, 0, 0, 0]), 0)).toBeCloseTo(none, 14);
    expect(poissonBinomialCdf(cellsOf(scores, [0, 0, 0, 0]), 4)).toBe(1);
    expect(poissonBinomialCdf(cellsOf(scores, [0, 0, 0, 0]), -1)).toBe(0);
  });
});

describe('rankers and regressors', () => {
  it.each(rankings)('NDCG is scikit-learn’s', ({ scores, labels, ndcg }) => {
    const group = { scores: floats(scores), labels: floats(labels), starts: Uint32Array.of(0) };
    for (const [k, value] of Object.entries(ndcg))
      expect(told(ndcgAtK(group, Number(k)), 0)).toEqual(near([value]));
  });

  it('NDCG is a mean over groups; those in which nothing is relevant are left out', () => {
    const scores = floats([3, 2, 1, 1, 2, 9, 8]);
    const groups = { scores, labels: floats([1, 0, 0, 1, 0, 0, 0]), starts: Uint32Array.of(0, 3, 5) };
    expect(ndcgAtK(groups, 10)).toMatchObject({ value: (1 + 1 / Math.log2(3)) / 2, sampleSize: 2 });
  });

  it.each(regressions)('Spearman $spearman.0, mean absolute error $mae', (vector) => {
    const [scores, labels] = [floats(vector.scores), floats(vector.labels)];
    expect(told(rankCorrelation(scores, labels))).toEqual(near(vector.spearman));
    expect(told(meanAbsoluteError(scores, labels), 0)).toEqual(near([vector.mae]));
    expect(told(medianOf(labels), 0)).toEqual(near([vector.median]));
  });
});

describe('estimates without labels', () => {
  it.each(estimates)('are those of NannyML: AUC $auc', ({ scores, ...vector }) => {
    const rows = estimateCohort(
      cellsOf(
        scores,
        scores.map(() => 0),
      ),
      0.5,
    );
    for (const [metric, value] of Object.entries(vector))
      expect(findMetric(rows, metric as 'auc')?.value).toBeCloseTo(value, 12);
  });
});

const lead = fc.record({ score: fc.nat(20).map((n) => n / 20), label: fc.nat(1) });
const leads = fc.array(lead, { minLength: 12, maxLength: 60 });
const fold = (all: readonly { score: number; label: number }[]) =>
  cellsOf(
    all.map(({ score }) => score),
    all.map(({ label }) => label),
  );
const METRICS = {
  auc: areaUnderRoc,
  averagePrecision,
  brier: brierOf,
  ece: calibrationError,
  lift: liftOf,
  precisionAtK: (cells: ReturnType<typeof fold>) => precisionAtK(cells, 5),
  f1: (cells: ReturnType<typeof fold>) => f1Of(confusionAt(cells, 0.5)),
  observedOverExpected,
};

describe('whatever the leads', () => {
  it.each(Object.entries(METRICS))('%s lies within its interval and doesn’t mind the order', (_, metric) => {
    fc.assert(
      fc.property(leads, (all) => {
        const found = metric(fold(all));
        expect(metric(fold(all.toReversed()))).toEqual(found);
        if (found.value === null || found.low === null || found.high === null) return true;
        return found.low <= found.value + 1e-9 && found.value <= found.high + 1e-9;
      }),
    );
  });

  it('an area turns over with the scores', () => {
    expect.assertions(0);
    fc.assert(
      fc.property(leads, (all) => {
        const turned = all.map(({ score, label }) => ({ score: 1 - score, label }));
        const [area, other] = [areaUnderRoc(fold(all)), areaUnderRoc(fold(turned))];
        return area.value === null || other.value === null || Math.abs(area.value + other.value - 1) < 1e-9;
      }),
    );
  });

  it('cells of single leads are those of leads that were folded before', () => {
    fc.assert(
      fc.property(leads, (all) => {
        const cells = fold(all);
        expect(foldScores(cells.scores, cells.counts, cells.positives)).toEqual(cells);
      }),
    );
  });
});

describe('why there is no value', () => {
  const none = cellsOf([], []);
  const oneClass = cellsOf([0.2, 0.6], [0, 0]);

  it.each(Object.entries(METRICS))('%s of no leads', (_, metric) => {
    expect(metric(none)).toEqual({ value: null, reason: 'no_leads', sampleSize: 0 });
  });

  it('one class, nobody predicted, too few, nothing expected', () => {
    expect(areaUnderRoc(oneClass)).toMatchObject({ value: null, reason: 'one_class' });
    expect(averagePrecision(oneClass)).toMatchObject({ reason: 'one_class' });
    expect(recallOf(confusionAt(oneClass, 0.5))).toMatchObject({ reason: 'one_class' });
    expect(precisionOf(confusionAt(oneClass, 0.9))).toMatchObject({ reason: 'nobody_predicted' });
    expect(precisionAtK(oneClass, 3)).toMatchObject({ reason: 'too_few' });
    expect(observedOverExpected(cellsOf([0, 0], [0, 0]))).toMatchObject({ reason: 'nothing_expected' });
    expect(rankCorrelation(floats([1, 1]), floats([1, 2]))).toMatchObject({ reason: 'one_class' });
    expect(ndcgAtK({ scores: floats([1]), labels: floats([0]), starts: Uint32Array.of(0) }, 3)).toMatchObject(
      {
        reason: 'no_leads',
      },
    );
  });

  it('a single lead has values without bounds', () => {
    expect(revenuePerLead({ size: 1, sum: 5, sumOfSquares: 25 })).toMatchObject({ value: 5, low: null });
    expect(medianOf(floats([7]))).toMatchObject({ value: 7, low: null });
    expect(areaUnderRoc(cellsOf([0.2, 0.6], [0, 1]))).toMatchObject({ value: 1, low: null });
  });
});
