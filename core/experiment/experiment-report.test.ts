import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Arm } from './arm.ts';
import { evaluateExperiment } from './experiment-report.ts';
import { newcombeInterval } from './newcombe.ts';
import { givenArm, PLAN } from './testing/arms.ts';
import type { ExperimentVerdict } from './verdict.ts';

const CONTROL = givenArm('1.0.0', 5_000, 600);
const judge = (...treatments: Arm[]) => evaluateExperiment([CONTROL, ...treatments], PLAN).verdict;

test.each<[string, ExperimentVerdict['kind'], Arm, string]>([
  [
    'a bound above 0',
    'winner',
    givenArm('1.1.0', 5_000, 800),
    'bank-leads 1.1.0 converts more than bank-leads 1.0.0: +4 points, always-valid bound +1.82 to +6.18.',
  ],
  [
    'a winner that brings revenue too',
    'winner',
    givenArm('1.1.0', 5_000, 800, { revenue: { sum: 80_000, sumOfSquares: 9_600_000 } }),
    'bank-leads 1.1.0 converts more than bank-leads 1.0.0: +4 points, always-valid bound +1.82 to +6.18.',
  ],
  [
    'a winner that costs revenue says so',
    'winner',
    givenArm('1.1.0', 5_000, 800, { revenue: { sum: 40_000, sumOfSquares: 2_400_000 } }),
    'bank-leads 1.1.0 converts more than bank-leads 1.0.0: +4 points, always-valid bound +1.82 to +6.18, but it brings less revenue per lead.',
  ],
  [
    'a bound below 0',
    'worse',
    givenArm('1.1.0', 5_000, 400),
    'bank-leads 1.1.0 converts less than bank-leads 1.0.0: -4 points, always-valid bound -5.88 to -2.12.',
  ],
  [
    'a bound around 0, with leads and days to go',
    'no_difference_yet',
    givenArm('1.1.0', 5_000, 690),
    "bank-leads 1.1.0 and bank-leads 1.0.0 can't be told apart yet: +1.8 points, always-valid bound -0.31 to +3.91, which contains 0; if this difference is the true one, it takes about 3,212 more leads (7 days) to tell.",
  ],
  [
    'no difference at all',
    'no_difference_yet',
    givenArm('1.1.0', 5_000, 600),
    "bank-leads 1.1.0 and bank-leads 1.0.0 can't be told apart yet: +0 points, always-valid bound -2.04 to +2.04, which contains 0; as both convert alike, no number of leads is in sight that would decide it.",
  ],
  [
    'too few conversions',
    'too_little_data',
    givenArm('1.1.0', 5_000, 4),
    "A first reading needs 100 mature leads in either arm, 5 that converted and 5 that didn't: bank-leads 1.1.0 has 5,000, 4 converted.",
  ],
  [
    'leads exposed, none mature',
    'too_little_data',
    givenArm('1.1.0', 0, 0, { exposed: 5_000 }),
    "A first reading needs 100 mature leads in either arm, 5 that converted and 5 that didn't: bank-leads 1.1.0 has 0, 0 converted.",
  ],
  [
    'a mismatch stops even a clear winner',
    'stopped',
    givenArm('1.1.0', 5_000, 800, { exposed: 5_400 }),
    "Leads didn't come to the arms by their shares (p = 9e-5): bank-leads 1.0.0 has 5,000 leads where its share is 5,200, bank-leads 1.1.0 has 5,400 leads where its share is 5,200. What was lost on the way isn't like what came: find out where before reading on.",
  ],
])('%s: %s', (_, kind, treatment, why) => {
  const revenue = treatment.revenue && { sum: 60_000, sumOfSquares: 7_200_000 };
  const { verdict } = evaluateExperiment([{ ...CONTROL, revenue }, treatment], PLAN);
  expect(verdict.kind).toBe(kind);
  expect(verdict.why).toBe(why);
});

test('where both convert alike for long, the wanted effect is ruled out', () => {
  const arms = [givenArm('1.0.0', 500_000, 60_000), givenArm('1.1.0', 500_000, 60_100)];
  const { comparisons, verdict } = evaluateExperiment(arms, PLAN);
  expect(comparisons[0]).toMatchObject({ state: 'undecided', isMinimumEffectExcluded: true });
  expect(verdict.why).toContain('but a relative difference of 10 %, either way, is ruled out');
});

describe('several treatments', () => {
  const share = 1 / 3;

  it('share α among them: each is compared as one that was given its part', () => {
    const [better, same] = [givenArm('1.1.0', 5_000, 700), givenArm('1.2.0', 5_000, 605)];
    const both = evaluateExperiment(
      [CONTROL, better, same].map((arm) => ({ ...arm, share })),
      PLAN,
    );
    const one = evaluateExperiment([CONTROL, better], { ...PLAN, alpha: 0.025 });
    expect(both.comparisons[0]!.conversion).toEqual(one.comparisons[0]!.conversion);
    expect(both.plan.alpha).toBe(0.05);
    expect(both.verdict.why).toContain('(α = 5 % is divided among 2 comparisons, 2.5 % each)');
  });

  it('name the best of those above the control, and what was not compared', () => {
    const verdict = judge(
      givenArm('1.1.0', 5_000, 790),
      givenArm('1.2.0', 5_000, 850),
      givenArm('1.3.0', 5_000, 300),
    );
    expect(verdict).toMatchObject({ kind: 'winner', arm: { model: 'bank-leads', version: '1.2.0' } });
    expect(verdict.why).toContain('treatments were compared with the control, not with each other');
  });

  it('are worse only if all are; the shortest way to a decision counts', () => {
    const worse = givenArm('1.1.0', 5_000, 400);
    expect(judge(worse, givenArm('1.2.0', 5_000, 410)).kind).toBe('worse');
    expect(judge(worse, givenArm('1.2.0', 50, 3, { exposed: 5_000 })).kind).toBe('no_difference_yet');
    const arms = [CONTROL, givenArm('1.1.0', 5_000, 640), givenArm('1.2.0', 5_000, 680)];
    const { comparisons, verdict } = evaluateExperiment(arms, PLAN);
    expect(verdict).toMatchObject({ kind: 'no_difference_yet', toGo: comparisons[1]!.toGo! });
    expect(comparisons[0]!.toGo!.leads).toBeGreaterThan(comparisons[1]!.toGo!.leads);
  });
});

describe('the figures', () => {
  const arms = [
    givenArm('1.0.0', 5_000, 600, { exposed: 5_100, revenue: { sum: 60_000, sumOfSquares: 7_200_000 } }),
    givenArm('1.1.0', 5_050, 650, { exposed: 5_090, revenue: { sum: 70_000, sumOfSquares: 9_000_000 } }),
  ];
  const report = evaluateExperiment(arms, PLAN);

  it('are those of each arm and of the difference, on mature leads', () => {
    const [control, treatment] = report.arms;
    expect(control).toMatchObject({ share: 0.5, exposed: 5_100, conversion: { value: 0.12 } });
    expect(treatment!.revenuePerLead!.value).toBeCloseTo(70_000 / 5_050, 12);
    const { conversion, revenuePerLead } = report.comparisons[0]!;
    const interval = newcombeInterval({ hits: 650, size: 5_050 }, { hits: 600, size: 5_000 }, 0.05);
    expect(conversion!.difference).toEqual(interval);
    expect(conversion!.lift!.value).toBeCloseTo(650 / 5_050 / 0.12 - 1, 12);
    expect(conversion!.fixedHorizonPValue).toBeCloseTo(0.1857, 4);
    expect(revenuePerLead!.difference.value).toBeCloseTo(70_000 / 5_050 - 12, 12);
    expect(report.sampleRatio.expected).toEqual([5_095, 5_095]);
  });

  it('the always-valid bound holds the interval for one look', () => {
    const { conversion, revenuePerLead } = report.comparisons[0]!;
    for (const { difference, alwaysValid } of [conversion!, revenuePerLead!]) {
      expect(alwaysValid!.low).toBeLessThan(difference.low);
      expect(alwaysValid!.high).toBeGreaterThan(difference.high);
    }
  });

  it('scale shares that don’t sum to 1', () => {
    const scaled = evaluateExperiment(
      arms.map((arm) => ({ ...arm, share: 7 })),
      PLAN,
    );
    expect(scaled).toEqual(report);
  });

  it('to go: that many more leads, by the shares, and the bound excludes 0', () => {
    const unequal = [
      { ...arms[0]!, share: 0.9, exposed: 45_000, leads: 45_000, conversions: 5_400 },
      { ...arms[1]!, share: 0.1, exposed: 5_000, leads: 5_000, conversions: 660 },
    ];
    const { toGo } = evaluateExperiment(unequal, PLAN).comparisons[0]!;
    const after = (leads: number) =>
      evaluateExperiment(
        unequal.map((arm) => {
          const factor = (arm.leads + leads * arm.share) / arm.leads;
          return { ...arm, leads: arm.leads * factor, conversions: arm.conversions * factor };
        }),
        PLAN,
      ).verdict.kind;
    expect(toGo!.days).toBe(toGo!.leads / 500);
    expect(after(toGo!.leads)).toBe('winner');
    expect(after(0.99 * toGo!.leads)).toBe('no_difference_yet');
  });

  it('swap with the arms: what is better for one is worse for the other', () => {
    const counts = fc.tuple(
      fc.integer({ min: 100, max: 20_000 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    );
    fc.assert(
      fc.property(counts, counts, ([n, p], [m, q]) => {
        const [a, b] = [givenArm('1.0.0', n, Math.round(n * p)), givenArm('1.1.0', m, Math.round(m * q))];
        const found = evaluateExperiment([a, b], PLAN).comparisons[0]!;
        const swapped = evaluateExperiment(
          [
            { ...a, isControl: false },
            { ...b, isControl: true },
          ],
          PLAN,
        ).comparisons[0]!;
        const opposite = {
          better: 'worse',
          worse: 'better',
          undecided: 'undecided',
          too_little_data: '',
        } as const;
        expect(swapped.state).toBe(opposite[found.state]);
        expect(swapped.toGo).toEqual(found.toGo);
      }),
    );
  });

  it('are finite or null for arms of any size, down to none', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(300), fc.nat(300), (n, a, m, b) => {
        const both = [givenArm('1.0.0', n, Math.min(n, a)), givenArm('1.1.0', m, Math.min(m, b))];
        const text = JSON.stringify(
          evaluateExperiment(
            both.map((arm) => ({ ...arm, revenue: { sum: arm.conversions, sumOfSquares: arm.conversions } })),
            PLAN,
          ),
          (_, value: unknown) =>
            typeof value === 'number' && !Number.isFinite(value) ? 'not finite' : value,
        );
        expect(text).not.toContain('not finite');
      }),
    );
  });

  it('need exactly one control and a treatment', () => {
    const [control, treatment] = arms;
    for (const wrong of [[], [control!], [treatment!, treatment!], [control!, control!]]) {
      expect(() => evaluateExperiment(wrong, PLAN)).toThrow(/one control and a treatment/);
    }
  });
});
