import { describe, expect, it } from 'vitest';
import type { Policy } from '../contracts/policy.ts';
import type { Reference } from '../contracts/reference.ts';
import { completePolicy } from '../policy/defaults.ts';
import { createBinner, type Input } from './binner.ts';
import { evaluateWindow } from './evaluate-window.ts';
import { createHistograms, type WindowHistogram } from './histogram.ts';
import { createRandom } from './testing/random.ts';
import type { DriftResult } from './result.ts';
import { levelReference, numericReference } from './testing/reference.ts';

const random = createRandom(1);
const draw = (size: number) => Array.from({ length: size }, () => random.normal());
const reference: Reference = {
  rows: 5_000,
  features: [
    numericReference('rate', draw(5_000), 100),
    levelReference('job', { admin: 2_000, retired: 2_000, student: 1_000 }),
  ],
  score: numericReference('score', draw(5_000)),
  bands: { A: 1_000, B: 4_000 },
};

interface World {
  readonly rows?: number;
  readonly rate?: () => Input;
  readonly job?: () => Input;
  readonly score?: () => number;
  readonly band?: () => string;
  /** Share of the leads whose inputs a policy has left out. */
  readonly leftOut?: number;
}

/** A window of leads as in training, but for what is given. */
function windowOf({
  rows = 1_000,
  rate = () => (random.uniform() < 100 / 5_100 ? null : random.normal()),
  job = () => ['admin', 'retired', 'student'][random.pick([2, 2, 1])]!,
  score = () => random.normal(),
  band = () => (random.uniform() < 0.2 ? 'A' : 'B'),
  leftOut = 0,
}: World): WindowHistogram {
  const builder = createHistograms(reference).builder();
  const bin = createBinner(reference);
  for (let row = 0; row < rows; row++) {
    const inputs = [rate(), job()];
    const bins: number[] = [];
    bin(inputs, bins);
    builder.add(row < leftOut * rows ? [] : inputs, bins, score(), band());
  }
  return builder.build();
}

function evaluate(world: World, policy: Policy = {}) {
  const complete = completePolicy(policy);
  if (!complete.ok) throw new Error(complete.problems.join());
  return evaluateWindow({
    reference,
    policy: complete.policy,
    importance: { rate: 0.7 },
    window: windowOf(world),
  });
}

const named = ({ signal, statistic, subject }: DriftResult) => `${signal} ${statistic} ${subject}`;

/** What has drifted and may alarm, but for all features together. */
const drifted = (results: readonly DriftResult[]) =>
  results
    .filter(({ verdict, alarms, subject }) => verdict === 'drifted' && alarms && subject !== 'overall')
    .map(named);

const resultOf = (results: readonly DriftResult[], name: string) =>
  results.find((result) => named(result) === name)!;

/** What the tests of `rate` say, as `statistic verdict sample size`, and whether it may alarm. */
function testsOf(world: World): readonly (readonly [string, boolean])[] {
  return evaluate(world)
    .filter(({ subject, statistic }) => subject === 'rate' && (statistic === 'ks' || statistic === 'chi2'))
    .map(({ statistic, verdict, sampleSize, alarms }) => [`${statistic} ${verdict} ${sampleSize}`, alarms]);
}

describe('inputs that a policy leaves out', () => {
  const moved = (): number => random.normal() + 1;

  it('leave the bins: χ² stands in for KS, which is told of what is there and never alarms', () => {
    expect(testsOf({ rate: moved })).toEqual([['ks drifted 1000', true]]);
    expect(testsOf({ rate: moved, leftOut: 1 })).toEqual([
      ['ks insufficient_data 0', false],
      ['chi2 drifted 1000', true],
    ]);
    expect(testsOf({ rate: () => random.normal(), leftOut: 1 })[1]).toEqual(['chi2 ok 1000', true]);
  });

  it('may be those of some leads only: a policy that changed within the window', () => {
    expect(testsOf({ rate: moved, leftOut: 0.25 })).toEqual([
      ['ks drifted 750', false],
      ['chi2 drifted 1000', true],
    ]);
  });

  it('cost a window without values nothing', () => {
    expect(testsOf({ rate: () => null, leftOut: 1 })).toEqual([['ks insufficient_data 0', true]]);
  });
});

describe('evaluateWindow', () => {
  it('has one result for each signal, statistic and subject', () => {
    expect(evaluate({}).map(named)).toEqual([
      'feature_drift psi rate',
      'feature_drift ks rate',
      'feature_drift wasserstein rate',
      'feature_drift kl rate',
      'feature_drift js rate',
      'missing_rate share_difference rate',
      'feature_drift psi job',
      'feature_drift chi2 job',
      'feature_drift kl job',
      'feature_drift js job',
      'missing_rate share_difference job',
      'new_category share job',
      'prediction_drift psi score',
      'prediction_drift ks score',
      'prediction_drift wasserstein score',
      'prediction_drift kl score',
      'prediction_drift js score',
      'prediction_drift chi2 bands',
      'feature_drift weighted_share overall',
    ]);
  });

  it('finds nothing in leads as in training', () => {
    expect(drifted(evaluate({}))).toEqual([]);
  });

  it('finds a shifted number, and says what moved and how much it weighs', () => {
    const results = evaluate({ rate: () => random.normal() + 1 });
    expect(drifted(results)).toEqual(['feature_drift psi rate', 'feature_drift ks rate']);
    expect(results[0]).toMatchObject({ level: 'critical', sampleSize: 1_000, threshold: 0.2 });
    expect(results[0]!.value).toBeGreaterThan(results[0]!.criticalValue!);
    expect(results[0]!.detail).toMatch(
      /^largest shift: > 1\.\d{1,5} from 10 % to \d\d %; 70 % of the model's importance$/,
    );
  });

  it('finds a feature that has gone missing, apart from its distribution', () => {
    const results = evaluate({ rate: () => (random.uniform() < 0.3 ? null : random.normal()) });
    expect(drifted(results)).toEqual(['missing_rate share_difference rate']);
    expect(resultOf(results, 'missing_rate share_difference rate').detail).toContain(
      'in the reference in 2.0 %',
    );
  });

  it('finds levels that training never saw, in their share before it shows in PSI', () => {
    const job = () =>
      random.uniform() < 0.03 ? 'astronaut' : ['admin', 'retired', 'student'][random.pick([2, 2, 1])]!;
    expect(drifted(evaluate({ job }))).toEqual(['new_category share job']);
  });

  it('counts unseen levels as a bin of the distribution once they are many', () => {
    const job = () =>
      random.uniform() < 0.4 ? 'astronaut' : ['admin', 'retired', 'student'][random.pick([2, 2, 1])]!;
    const results = evaluate({ job });
    expect(drifted(results)).toEqual([
      'feature_drift psi job',
      'feature_drift chi2 job',
      'new_category share job',
    ]);
    expect(resultOf(results, 'feature_drift psi job').detail).toMatch(
      /^largest shift: __other__ from 0 % to \d\d %$/,
    );
  });

  it('takes the share of unseen levels among values, not among rows', () => {
    let row = 0;
    const results = evaluate({ job: () => [null, 'admin', null, 'astronaut'][row++ % 4]! });
    const unseen = resultOf(results, 'new_category share job');
    expect(unseen).toMatchObject({ signal: 'new_category', value: 0.5, sampleSize: 500 });
  });

  it('finds changed categories, scores and bands', () => {
    expect(drifted(evaluate({ job: () => (random.uniform() < 0.8 ? 'admin' : 'retired') }))).toEqual([
      'feature_drift psi job',
      'feature_drift chi2 job',
    ]);
    expect(drifted(evaluate({ score: () => random.normal() * 3, band: () => 'A' }))).toEqual([
      'prediction_drift psi score',
      'prediction_drift ks score',
      'prediction_drift chi2 bands',
    ]);
  });

  it('has no verdict on too few rows, however large the effect', () => {
    const results = evaluate({ rows: 199, rate: () => 9, job: () => 'admin', band: () => 'A' });
    const ofDistributions = results.filter(({ statistic }) => !statistic.includes('share'));
    expect(new Set(ofDistributions.map(({ verdict }) => verdict))).toEqual(new Set(['insufficient_data']));
    expect(results[0]!.level).toBe('critical');
  });

  it('judges shares of fewer rows, as their test is exact, down to their own minimum', () => {
    const thin = (rows: number) =>
      evaluate({ rows, rate: () => (random.uniform() < 0.8 ? null : 9), job: () => 'astronaut' });
    expect(drifted(thin(20))).toEqual(['missing_rate share_difference rate', 'new_category share job']);
    expect(drifted(thin(19))).toEqual([]);
  });

  it('takes the first unseen level for news only where the policy says that training knew them all', () => {
    let row = 0;
    const world = { rows: 60, job: () => (row++ % 60 === 0 ? 'astronaut' : 'admin') };
    expect(drifted(evaluate(world))).toEqual([]);
    const results = evaluate(world, { drift: { levels: 'complete' } });
    expect(drifted(results)).toContain('new_category share job');
    expect(resultOf(results, 'new_category share job')).toMatchObject({ value: 1 / 60, adjustedPValue: 0 });
  });

  it('never says NaN, not even of an empty window or a feature that is missing throughout', () => {
    for (const results of [evaluate({ rows: 0 }), evaluate({ rate: () => null })]) {
      for (const { value, pValue, adjustedPValue, criticalValue, testStatistic } of results) {
        for (const number of [value, pValue, adjustedPValue, criticalValue, testStatistic]) {
          expect(Number.isFinite(number ?? 0)).toBe(true);
        }
      }
    }
  });

  it('computes but never alarms what the policy ignores', () => {
    const results = evaluate({ rate: () => 9 }, { drift: { ignore: ['rate'] } });
    expect(results[0]).toMatchObject({ subject: 'rate', verdict: 'drifted', alarms: false });
    expect(resultOf(results, 'feature_drift psi job')).toMatchObject({ alarms: true });
  });
});

describe('what a policy alarms on', () => {
  const moved: World = { rate: () => random.normal() + 1 };

  it('is stored for every statistic, judged alike', () => {
    const results = evaluate(moved);
    for (const statistic of ['psi', 'ks', 'kl', 'js', 'wasserstein']) {
      expect(resultOf(results, `feature_drift ${statistic} rate`)).toMatchObject({
        verdict: 'drifted',
        level: 'critical',
        importance: 0.7,
        alarms: statistic === 'psi' || statistic === 'ks',
      });
    }
    expect(resultOf(results, 'feature_drift wasserstein rate').value).toBeCloseTo(1, 0);
  });

  it('may be any of them', () => {
    expect(drifted(evaluate(moved, { drift: { alarm_on: ['wasserstein', 'js'] } }))).toEqual([
      'feature_drift wasserstein rate',
      'feature_drift js rate',
    ]);
  });

  it('is all features together too: how much of the model stands on what has moved', () => {
    expect(resultOf(evaluate({}), 'feature_drift weighted_share overall')).toMatchObject({
      value: 0,
      verdict: 'ok',
      pValue: 1,
    });
    const both = evaluate({ ...moved, job: () => 'student' });
    expect(resultOf(both, 'feature_drift weighted_share overall')).toMatchObject({
      value: 1,
      level: 'critical',
      verdict: 'drifted',
    });
  });
});
