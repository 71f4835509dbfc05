import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shadow/seeded-random.ts';
import { checkKpi, type KpiOutcomes } from './check-kpi.ts';
import { type ArmOutcomes, compareGains } from './compare-gains.ts';
import type { CheckRequest } from './request.ts';

const DAY_MS = 86_400_000;
const REQUEST: CheckRequest = {
  treatment: 'bank-leads@1.1.0',
  limit: 0.1,
  onFailure: 'roll_back',
  minimumSample: 200,
  windowMs: 3_600_000,
};

/** Leads whose score is their chance to convert, a ninth on average; `skill` 1, −1 for a score that is upside down. */
function drawArm(random: () => number, leads: number, skill: 1 | -1 = 1): ArmOutcomes {
  const scores = new Float64Array(leads);
  const values = new Float64Array(leads);
  for (let i = 0; i < leads; i++) {
    const chance = random() ** 8;
    scores[i] = skill * chance;
    values[i] = Number(random() < chance);
  }
  return { scores, values, weights: new Float64Array(leads).fill(1) };
}

function outcomesOf(treatment: ArmOutcomes, control: ArmOutcomes): KpiOutcomes {
  return {
    treatment: { labelled: treatment.scores.length, untilEnoughMs: 0 },
    control: { labelled: control.scores.length, untilEnoughMs: 0 },
    stepLeftMs: DAY_MS,
    outcomes: { treatment, control },
    kpi: 'conversions',
    alpha: 0.05,
  };
}

describe('until enough outcomes have matured', () => {
  const immature = (untilEnoughMs: number, stepLeftMs: number): KpiOutcomes => ({
    treatment: { labelled: 3, untilEnoughMs },
    control: { labelled: 900, untilEnoughMs: 0 },
    stepLeftMs,
    outcomes: null,
    kpi: 'conversions',
    alpha: 0.05,
  });

  test.each([
    [30 * DAY_MS, DAY_MS, 'advisory', 'so many will have matured in 30 days of event time, after this step'],
    [DAY_MS / 2, DAY_MS, 'inconclusive', 'so many will have matured in 12 h of event time'],
    [0, DAY_MS, 'inconclusive', 'their outcomes are not known'],
  ])('in %d ms, the step ends in %d ms: %s', (untilMs, stepLeftMs, state, detail) => {
    const result = checkKpi(REQUEST, immature(untilMs, stepLeftMs));
    expect(result).toMatchObject({ name: 'kpi', state, value: null, sample: 3 });
    expect(result.detail).toContain(detail);
  });
});

describe('with mature outcomes', () => {
  test('a model that is upside down fails, one like the control is good', () => {
    const random = seededRandom(1);
    const control = drawArm(random, 2_000);
    const inverted = checkKpi(REQUEST, outcomesOf(drawArm(random, 250, -1), control));
    expect(inverted).toMatchObject({ state: 'failure', sample: 250 });
    expect(inverted.detail).toMatch(/conversions of the top decile -\d+.* -10 % is the limit/);
    expect(checkKpi(REQUEST, outcomesOf(control, control))).toMatchObject({ state: 'success', value: 0 });
  });

  test('of too few conversions nothing is concluded, also where the treatment has none', () => {
    const random = seededRandom(2);
    const arm = (leads: number): ArmOutcomes => ({
      ...drawArm(random, leads),
      values: new Float64Array(leads),
    });
    const control = arm(500);
    expect(checkKpi(REQUEST, outcomesOf(arm(250), control))).toMatchObject({
      state: 'inconclusive',
      value: null,
    });
    control.values[control.scores.indexOf(Math.max(...control.scores))] = 1;
    expect(checkKpi(REQUEST, outcomesOf(arm(250), control))).toMatchObject({
      state: 'inconclusive',
      value: -1,
    });
  });

  test('a drop that one standard error explains is advisory, one beyond it is waited for', () => {
    const random = seededRandom(9);
    const control = drawArm(random, 2_000);
    const states = Array.from({ length: 40 }, () =>
      checkKpi({ ...REQUEST, limit: 0 }, outcomesOf(drawArm(random, 250), control)),
    );
    const below = states.filter(({ value }) => (value ?? 0) < 0).map(({ state }) => state);
    expect(new Set(below)).toEqual(new Set(['advisory', 'inconclusive']));
    expect(below.filter((state) => state === 'advisory').length).toBeGreaterThan(below.length / 2);
  });

  test('looked at all along, a canary like the control is called worse in at most one of twenty rollouts', () => {
    const random = seededRandom(4);
    const rollouts = 60;
    let failures = 0;
    for (let rollout = 0; rollout < rollouts; rollout++) {
      const [treatment, control] = [drawArm(random, 1_600), drawArm(random, 1_600)];
      const isCalled = [200, 400, 800, 1_600].some((leads) => {
        const seen = outcomesOf(first(treatment, leads), first(control, leads));
        return checkKpi(REQUEST, seen).state === 'failure';
      });
      if (isCalled) failures++;
    }
    expect(failures / rollouts).toBeLessThanOrEqual(0.05);
  });

  const first = ({ scores, values, weights }: ArmOutcomes, leads: number): ArmOutcomes => ({
    scores: scores.subarray(0, leads),
    values: values.subarray(0, leads),
    weights: weights.subarray(0, leads),
  });
});

describe('compareGains', () => {
  test('two arms that got a different part of good and bad weeks are compared as if they hadn’t', () => {
    // Scores tell nothing; in the first week everybody converts, in the second nobody does.
    const arm = (early: number, late: number, earlyShare: number, lateShare: number): ArmOutcomes => ({
      scores: new Float64Array(early + late),
      values: Float64Array.from({ length: early + late }, (_, i) => Number(i < early)),
      weights: Float64Array.from(
        { length: early + late },
        (_, i) => 1 / (i < early ? earlyShare : lateShare),
      ),
    });
    const compared = compareGains(arm(100, 500, 0.1, 0.5), arm(900, 500, 0.9, 0.5));
    expect(compared?.change).toBeCloseTo(0, 12);
  });

  test('the standard error is that of many such arms', () => {
    const random = seededRandom(6);
    const changes: number[] = [];
    const errors: number[] = [];
    for (let run = 0; run < 40; run++) {
      const compared = compareGains(drawArm(random, 300), drawArm(random, 1_500))!;
      changes.push(compared.change);
      errors.push(compared.standardError);
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const middle = mean(changes);
    const deviation = Math.sqrt(mean(changes.map((change) => (change - middle) ** 2)));
    expect(mean(errors) / deviation).toBeGreaterThan(0.75);
    expect(mean(errors) / deviation).toBeLessThan(1.35);
  });
});
