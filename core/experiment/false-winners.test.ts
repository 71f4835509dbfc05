import { describe, expect, it } from 'vitest';
import { alwaysValidLeadsPerArm, fixedHorizonLeadsPerArm } from './required-sample.ts';
import { simulateLooks, type SimulatedExperiment } from './testing/simulated-experiment.ts';

const EXPERIMENTS = 1_000;
const ALPHA = 0.05;
const DAYS = 30;

/** What became of many experiments in one world, each looked at daily. Shares of the experiments. */
interface Outcomes {
  /** A winner or a loser was named at some look. */
  readonly called: number;
  /** A winner was. */
  readonly won: number;
  /** p < .05 of the test for one look, at some look. */
  readonly calledNaively: number;
  /** The same at the last look only, as that test is meant. */
  readonly calledAtEnd: number;
  /** The bound missed the true difference at some look. */
  readonly missed: number;
  /** The sample ratio stopped the reading at some look. */
  readonly stopped: number;
  /** The day at which half the winners had been named. */
  readonly medianDay: number;
}

function runExperiments(world: Omit<SimulatedExperiment, 'seed'>): Outcomes {
  const runs = Array.from({ length: EXPERIMENTS }, (_, i) =>
    runExperiment({ ...world, seed: 7_919 * (i + 1) }),
  );
  const shareOf = (is: (run: Run) => boolean): number => runs.filter(is).length / EXPERIMENTS;
  const wonAt = runs.flatMap(({ wonAtDay }) => wonAtDay ?? []).sort((a, b) => a - b);
  return {
    called: shareOf((run) => run.called),
    won: wonAt.length / EXPERIMENTS,
    calledNaively: shareOf((run) => run.calledNaively),
    calledAtEnd: shareOf((run) => run.calledAtEnd),
    missed: shareOf((run) => run.missed),
    stopped: shareOf((run) => run.stopped),
    medianDay: wonAt[wonAt.length >> 1] ?? Infinity,
  };
}

type Run = ReturnType<typeof runExperiment>;

function runExperiment(world: SimulatedExperiment) {
  const run = { called: false, calledNaively: false, calledAtEnd: false, missed: false, stopped: false };
  let wonAtDay: number | null = null;
  let day = 0;
  for (const { comparisons, verdict } of simulateLooks(world)) {
    day++;
    if (verdict.kind === 'winner') wonAtDay ??= day;
    run.called ||= verdict.kind === 'winner' || verdict.kind === 'worse';
    run.stopped ||= verdict.kind === 'stopped';
    run.calledAtEnd = false;
    for (const [i, { conversion }] of comparisons.entries()) {
      const difference = world.rates[i + 1]! - world.rates[0];
      const bound = conversion?.alwaysValid;
      run.missed ||= !!bound && (bound.low > difference || bound.high < difference);
      run.calledAtEnd ||= !!conversion && conversion.fixedHorizonPValue < ALPHA;
    }
    run.calledNaively ||= run.calledAtEnd;
  }
  return { ...run, wonAtDay };
}

describe('1,000 tests without a difference, looked at daily for a month', () => {
  it.each<{ readonly name: string } & Omit<SimulatedExperiment, 'seed' | 'days'>>([
    { name: 'up to the plan', rates: [0.1, 0.1], leadsPerDay: 400, plannedLeadsPerArm: 6_000 },
    { name: 'few leads, to twice the plan', rates: [0.05, 0.05], leadsPerDay: 40, plannedLeadsPerArm: 300 },
    { name: 'two treatments', rates: [0.1, 0.1, 0.1], leadsPerDay: 450, plannedLeadsPerArm: 4_500 },
  ])(
    '$name: the bound calls a difference in at most a twentieth of them, p < .05 in more than a fifth',
    (world) => {
      const outcomes = runExperiments({ ...world, days: DAYS });
      expect(outcomes.called).toBeLessThanOrEqual(ALPHA);
      expect(outcomes.missed).toBeLessThanOrEqual(ALPHA);
      expect(outcomes.calledNaively).toBeGreaterThan(0.2);
      // The sample ratio has no bound of its own for many looks; its .001 is small enough for a month of them.
      expect(outcomes.stopped).toBeLessThanOrEqual(0.02);
    },
  );
});

describe('1,000 tests of 10 % against 12 %, looked at daily for a month', () => {
  const wanted = { baseline: 0.1, minimumEffect: 0.2, alpha: ALPHA, power: 0.8 };
  const runUpTo = (plannedLeadsPerArm: number): Outcomes =>
    runExperiments({
      rates: [0.1, 0.12],
      leadsPerDay: Math.round((2 * plannedLeadsPerArm) / DAYS),
      plannedLeadsPerArm,
      days: DAYS,
    });

  it('as many leads as one look at the end needs for 80 %: it finds 80 %, the always-valid bound about 50 %', () => {
    const outcomes = runUpTo(fixedHorizonLeadsPerArm(wanted)!);
    expect(outcomes.calledAtEnd).toBeGreaterThan(0.77);
    expect(outcomes.calledAtEnd).toBeLessThan(0.83);
    expect(outcomes.won).toBeGreaterThan(0.45);
    expect(outcomes.won).toBeLessThan(0.55);
    expect(outcomes.called).toBe(outcomes.won);
  });

  it('1.9 times as many: the bound finds 80 % and more, half of them at half the way', () => {
    const outcomes = runUpTo(alwaysValidLeadsPerArm(wanted)!);
    expect(outcomes.won).toBeGreaterThan(0.8);
    expect(outcomes.medianDay).toBeLessThanOrEqual(DAYS / 2 + 1);
    expect(outcomes.missed).toBeLessThanOrEqual(ALPHA);
  });
});
