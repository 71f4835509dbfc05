import { estimateReferenceAuc } from './reference-auc.ts';
import { describe, expect, it } from 'vitest';
import { decide, type EvaluatedWindow, evolve, NO_ALERTS } from '../alerts/decide.ts';
import { completePolicy, type CompletePolicy } from '../policy/defaults.ts';
import { seededRandom } from '../shadow/seeded-random.ts';
import { estimateCohort } from './estimate-cohort.ts';
import { type CohortBaseline, evaluateCohort, evaluateEstimate } from './evaluate-cohort.ts';
import { measureClassifier } from './measure-cohort.ts';
import type { MetricRow } from './metric-row.ts';
import { foldLeads } from './score-cells.ts';

const DAY_MS = 86_400_000;
const MEASURED = { isCalibrated: true, threshold: 0.5, topK: 100, ndcgK: 10 };

function policyOf(performance: object = {}): CompletePolicy {
  const outcome = completePolicy({ performance });
  if (!outcome.ok) throw new Error(outcome.problems.join('; '));
  return outcome.policy;
}

/** A cohort of leads whose score is `score`, which convert with probability `chance` of it and bring 100 then. */
function cohortOf(
  size: number,
  seed: number,
  {
    score = (u: number) => u ** 2,
    chance = (p: number) => p,
    isCalibrated = true,
  }: {
    readonly score?: (u: number) => number;
    readonly chance?: (p: number) => number;
    readonly isCalibrated?: boolean;
  } = {},
): readonly MetricRow[] {
  const random = seededRandom(seed);
  const scores = Float64Array.from({ length: size }, () => Math.round(1e3 * score(random())) / 1e3);
  const labels = scores.map((p) => Number(random() < chance(p)));
  const conversions = labels.reduce((sum, label) => sum + label, 0);
  const top = scores.reduce(
    (sum, p, i) =>
      p < 0.5 ? sum : { leads: sum.leads + 1, conversions: sum.conversions + (labels[i] ?? 0) },
    { leads: 0, conversions: 0 },
  );
  const sums = {
    leads: size,
    unknown: 0,
    conversions,
    expected: scores.reduce((sum, p) => sum + p, 0),
    squaredError: 0,
    revenue: { size, sum: 100 * conversions, sumOfSquares: 1e4 * conversions },
    closeTimesMs: new Float64Array(),
  };
  const measured = { ...MEASURED, isCalibrated };
  return measureClassifier(foldLeads(scores, labels), [{ band: 'A', ...top }], sums, measured);
}

const baseline = (earlier: readonly MetricRow[] = []): CohortBaseline => ({
  trainingAuc: 0.83,
  topBand: 'A',
  earlier,
});
const verdicts = (rows: readonly MetricRow[], against = baseline(), policy = policyOf()) =>
  Object.fromEntries(
    evaluateCohort(rows, against, policy).map(({ statistic, subject, level, verdict }) => [
      subject === 'auc' && statistic !== 'auc_drop' ? statistic : subject,
      verdict === 'drifted' ? level : verdict,
    ]),
  );

describe('a mature cohort', () => {
  const earlier = cohortOf(5_000, 1);
  const good = {
    auc: 'ok',
    auc_fall: 'ok',
    observed_over_expected: 'ok',
    band_conversion: 'ok',
    revenue_per_lead: 'ok',
  };

  it('as expected', () => {
    expect(verdicts(cohortOf(3_000, 2), baseline(earlier))).toEqual(good);
  });

  it('in which the model can’t tell leads apart any more', () => {
    const rows = cohortOf(3_000, 3, { chance: () => 0.33 });
    expect(verdicts(rows, baseline(earlier))).toEqual({
      auc: 'critical',
      auc_fall: 'critical',
      observed_over_expected: 'ok',
      band_conversion: 'critical',
      revenue_per_lead: 'ok',
    });
    expect(verdicts(rows, baseline(), policyOf({ auc_minimum: 0.6 }))).toMatchObject({
      auc_shortfall: 'critical',
    });
  });

  it('in which fewer convert, the best most of all', () => {
    expect(verdicts(cohortOf(3_000, 4, { chance: (p) => 0.7 * p }), baseline(earlier))).toEqual({
      auc: 'ok',
      auc_fall: 'warning',
      observed_over_expected: 'warning',
      band_conversion: 'warning',
      revenue_per_lead: 'warning',
    });
  });

  it('in which more convert: good business, and scores that are wrong', () => {
    expect(
      verdicts(cohortOf(3_000, 5, { chance: (p) => Math.min(1, 1.8 * p) }), baseline(earlier)),
    ).toMatchObject({
      observed_over_expected: 'critical',
      band_conversion: 'ok',
      revenue_per_lead: 'ok',
    });
  });

  it.each([
    ['scores that only order', (u: number) => u ** 2],
    ['raw margins', (u: number) => 8 * u - 3],
  ])('of a model without calibration (%s) is told, and never an alarm of calibration', (_, score) => {
    const rows = cohortOf(3_000, 10, { score, chance: () => 0.1, isCalibrated: false });
    const ratio = rows.find(({ metric }) => metric === 'observed_over_expected');
    expect(ratio).toMatchObject({ value: expect.any(Number) as number, pValue: null });
    expect(verdicts(rows)).toEqual({ auc: 'critical' });
  });

  it('too small, or of one class, has no verdict; what has no value has no result', () => {
    expect(verdicts(cohortOf(100, 6))).toEqual({
      auc: 'insufficient_data',
      observed_over_expected: 'insufficient_data',
    });
    expect(verdicts(cohortOf(1_000, 7, { chance: () => 0 }))).toEqual({ observed_over_expected: 'critical' });
    expect(verdicts(cohortOf(3_000, 8), { ...baseline(), trainingAuc: null })).toEqual({
      observed_over_expected: 'ok',
    });
  });
});

describe('an estimate', () => {
  const estimateOf = (score: (u: number) => number): readonly MetricRow[] => {
    const random = seededRandom(9);
    const scores = Float64Array.from({ length: 3_000 }, () => score(random()));
    return estimateCohort(foldLeads(scores, new Float64Array(3_000)), 0.5);
  };

  it('that has fallen is a warning, however far it fell, and says that no label was seen', () => {
    const [result] = evaluateEstimate(
      estimateOf((u) => 0.3 + u / 20),
      { referenceAuc: 0.83 },
      policyOf(),
    );
    expect(result).toMatchObject({
      statistic: 'estimated_auc_drop',
      level: 'warning',
      verdict: 'drifted',
      detail: expect.stringMatching(
        /^AUC 0\.5\d\d \(0\.\d+ to 0\.\d+\) expected of these scores, before any label, of the reference's scores 0\.830$/,
      ) as string,
    });
    expect(result!.value).toBeGreaterThan(0.2);
  });

  it('of leads that are as easy to tell apart is none; without that of the reference there is nothing to fall from', () => {
    const rows = estimateOf((u) => u ** 2);
    expect(evaluateEstimate(rows, { referenceAuc: 0.83 }, policyOf())).toMatchObject([{ verdict: 'ok' }]);
    expect(evaluateEstimate(rows, { referenceAuc: null }, policyOf())).toEqual([]);
  });

  it('below the minimum says where the reference stood: a level that was never better is no fall', () => {
    const rows = estimateOf((u) => 0.3 + u / 20);
    const results = evaluateEstimate(rows, { referenceAuc: 0.52 }, policyOf({ auc_minimum: 0.6 }));
    expect(results).toMatchObject([
      { statistic: 'estimated_auc_drop', verdict: 'ok' },
      { statistic: 'estimated_auc_shortfall', level: 'warning', verdict: 'drifted' },
    ]);
    expect(results[1]!.detail).toContain("at least 0.6 by the policy; of the reference's scores 0.520");
  });
});

describe('what the reference lets expect', () => {
  it('is what the estimator says of its scores, and nothing without a sample', () => {
    const random = seededRandom(4);
    const sample = Array.from({ length: 1_000 }, () => random() ** 2);
    const rows = estimateCohort(foldLeads(Float64Array.from(sample), new Float64Array(1_000)), 0.5);
    const score = {
      name: 'score',
      bins: { type: 'edges' as const, edges: [] },
      counts: [],
      other: 0,
      missing: 0,
    };
    const of = (of?: number[]) =>
      estimateReferenceAuc({ score: { ...score, test: 'ks', ...(of && { sample: of }) } });
    expect(of(sample)).toBe(rows.find(({ metric }) => metric === 'auc')!.value);
    expect(of()).toBeNull();
    expect(of([])).toBeNull();
  });
});

describe('days, weeks and months on which nothing is wrong', () => {
  /** Alerts that fire on `count` cohorts of a size. */
  function alarms(count: number, leads: number, seed: number, size: string): readonly string[] {
    const policy = policyOf();
    const cohorts: (readonly MetricRow[])[] = [];
    let state = NO_ALERTS;
    const fired: string[] = [];
    for (let n = 0; n < count; n++) {
      const rows = cohortOf(leads, 1_000 * seed + n);
      const earlier = cohorts.slice(-policy.performance.compareWith).flat();
      const startMs = n * DAY_MS;
      const window: EvaluatedWindow = {
        model: 'm',
        modelVersion: '1',
        segment: null,
        size,
        clock: 'outcome',
        startMs,
        endMs: startMs + DAY_MS,
        revision: 0,
        results: evaluateCohort(rows, baseline(earlier), policy),
      };
      fired.push(...decide(state, window, policy).map(({ alertId }) => alertId));
      state = evolve(state, window, policy);
      cohorts.push(rows);
    }
    return fired;
  }

  it.each([
    [365, 250],
    [180, 1_000],
    [24, 5_000],
  ])('%d cohorts of %d leads raise at most one alarm, twice over', (count, leads) => {
    const fired = [1, 2].flatMap((seed) => alarms(count, leads, seed, 'P1D'));
    expect(fired.slice(1)).toEqual([]);
  });
});
