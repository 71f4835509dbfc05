import { createKsCells } from '@scoreline/core/drift/ks-cells.ts';
import { rankSum } from '@scoreline/core/drift/rank-sum.ts';
import type { Random } from '@scoreline/core/drift/testing/random.ts';
import { wassersteinFromCells, wassersteinOfCounts } from '@scoreline/core/drift/wasserstein.ts';
import type { Metric } from '@scoreline/core/performance/metric.ts';
import { areaUnderRoc } from '@scoreline/core/performance/metrics/auc.ts';
import { averagePrecision } from '@scoreline/core/performance/metrics/average-precision.ts';
import { brierOf } from '@scoreline/core/performance/metrics/brier.ts';
import { calibrationError } from '@scoreline/core/performance/metrics/calibration-error.ts';
import { confusionAt } from '@scoreline/core/performance/metrics/confusion.ts';
import { f1Of } from '@scoreline/core/performance/metrics/f1.ts';
import { meanAbsoluteError } from '@scoreline/core/performance/metrics/mean-absolute-error.ts';
import { ndcgAtK } from '@scoreline/core/performance/metrics/ndcg.ts';
import { precisionOf } from '@scoreline/core/performance/metrics/precision.ts';
import { recallOf } from '@scoreline/core/performance/metrics/recall.ts';
import { foldLeads } from '@scoreline/core/performance/score-cells.ts';
import type { AgreementCase } from './agreement-case.ts';

const THRESHOLD = 0.5;
const TOP = 10;

/** Metrics of random leads whose scores say something; in every other round many scores are tied. */
export function drawMetricCases(random: Random, round: number): readonly AgreementCase[] {
  const grain = round % 2 === 0 ? 1e6 : 20;
  const leads = Array.from({ length: 40 + 20 * round }, () => {
    const score = Math.round(random.uniform() * grain) / grain;
    return { score, label: Number(random.uniform() < score ** 2) };
  });
  const scores = [...leads.map(({ score }) => score), 0.7, 0.2];
  const labels = [...leads.map(({ label }) => label), 1, 0];
  const columns = [Float64Array.from(scores), Float64Array.from(labels)] as const;
  const cells = foldLeads(...columns);
  const confusion = confusionAt(cells, THRESHOLD);
  const relevance = scores.map((score) => Math.floor(4 * score * random.uniform()));
  const ranked = { scores: columns[0], labels: Float64Array.from(relevance), starts: Uint32Array.of(0) };
  const ofLeads = (statistic: string, ...ours: readonly Metric[]): AgreementCase => {
    return { statistic, peer: 'scikit-learn', input: [scores, labels], ours: ours.map(valueOf) };
  };
  return [
    ofLeads('AUC', areaUnderRoc(cells)),
    ofLeads('average precision', averagePrecision(cells)),
    ofLeads('precision, recall, F1', precisionOf(confusion), recallOf(confusion), f1Of(confusion)),
    ofLeads('Brier score', brierOf(cells)),
    { ...ofLeads('calibration error', calibrationError(cells)), peer: 'NumPy' },
    ofLeads('mean absolute error', meanAbsoluteError(...columns)),
    { ...ofLeads(`NDCG@${TOP}`, ndcgAtK(ranked, TOP)), input: [scores, relevance] },
  ];
}

/** Distances and ranks: values that are points of the reference or lie beyond them, of which the cells lose nothing. */
export function drawLineCases(random: Random, round: number): readonly AgreementCase[] {
  const reference = Array.from({ length: 300 }, () => random.normal());
  const current = Array.from({ length: 20 + 10 * round }, () => {
    const beyond = random.uniform() < 0.1;
    return beyond
      ? 5 + random.normal() / 10
      : (reference[Math.floor(random.uniform() ** 1.2 * reference.length)] ?? 0);
  });
  const cells = createKsCells(reference);
  const indices = current.map((x) => cells.cellOf(x));
  const offsets = current.map((x, i) => cells.offsetOf(x, indices[i] ?? 0));
  const counted = { cells: indices, counts: current.map(() => 1), offsets };
  const points = Array.from({ length: 8 }, (_, i) => i + random.uniform());
  const counts = (size: number) => points.map((_, i) => Math.floor(random.uniform() * (size + i)) + 1);
  const [ofWindow, ofReference] = [counts(5 + round), counts(400)];
  const ranks = rankSum(ofWindow, ofReference);
  return [
    {
      statistic: 'Wasserstein',
      peer: 'SciPy',
      input: [current, reference],
      ours: [wassersteinFromCells(cells, counted)],
    },
    {
      statistic: 'Wasserstein of counts',
      peer: 'SciPy',
      input: [points, ofWindow, ofReference],
      ours: [wassersteinOfCounts(points, ofWindow, ofReference)],
    },
    { statistic: 'rank sum, p', peer: 'SciPy', input: [ofWindow, ofReference], ours: [ranks.pValue] },
  ];
}

function valueOf({ value }: Metric): number {
  return value ?? NaN;
}
