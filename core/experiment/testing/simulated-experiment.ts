import { seededRandom } from '../../shadow/seeded-random.ts';
import type { Arm, ExperimentPlan } from '../arm.ts';
import { evaluateExperiment, type ExperimentReport } from '../experiment-report.ts';

/** A world in which an A/B test runs; the same gives the same. */
export interface SimulatedExperiment {
  readonly seed: number;
  /** True conversion of the control and of each treatment; a lead goes to each arm with equal chance. */
  readonly rates: readonly [control: number, ...treatments: number[]];
  readonly leadsPerDay: number;
  readonly plannedLeadsPerArm: number;
  /** Looks, one at the end of each day. */
  readonly days: number;
}

/** The report at the end of each day. Outcomes are known at once, each conversion brings 50 or 150. */
export function* simulateLooks(world: SimulatedExperiment): Generator<ExperimentReport> {
  const random = seededRandom(world.seed);
  const plan: ExperimentPlan = {
    minimumEffect: 0.1,
    plannedLeadsPerArm: world.plannedLeadsPerArm,
    startedAtMs: 0,
    leadsPerDay: world.leadsPerDay,
  };
  let arms = world.rates.map((_, i) => emptyArm(i));
  for (let day = 0; day < world.days; day++) {
    const coming = splitEvenly(random, world.leadsPerDay, arms.length);
    arms = arms.map((arm, i) => addLeads(random, arm, coming[i] ?? 0, world.rates[i] ?? 0));
    yield evaluateExperiment(arms, plan);
  }
}

function emptyArm(index: number): Arm {
  return {
    model: 'leads',
    version: `1.${index}.0`,
    share: 1,
    isControl: index === 0,
    exposed: 0,
    leads: 0,
    conversions: 0,
    revenue: { sum: 0, sumOfSquares: 0 },
    failures: 0,
  };
}

function addLeads(random: () => number, arm: Arm, leads: number, rate: number): Arm {
  const conversions = drawBinomial(random, leads, rate);
  const large = drawBinomial(random, conversions, 0.5);
  const { sum = 0, sumOfSquares = 0 } = arm.revenue ?? {};
  return {
    ...arm,
    exposed: arm.exposed + leads,
    leads: arm.leads + leads,
    conversions: arm.conversions + conversions,
    revenue: {
      sum: sum + 50 * conversions + 100 * large,
      sumOfSquares: sumOfSquares + 50 ** 2 * (conversions - large) + 150 ** 2 * large,
    },
  };
}

/** Multinomial with equal shares. */
function splitEvenly(random: () => number, leads: number, arms: number): number[] {
  let left = leads;
  return Array.from({ length: arms }, (_, i) => {
    const part = i === arms - 1 ? left : drawBinomial(random, left, 1 / (arms - i));
    left -= part;
    return part;
  });
}

/** By inversion: steps up the distribution until it has passed a uniform number. For some hundreds of trials at most. */
function drawBinomial(random: () => number, size: number, rate: number): number {
  let left = random();
  let probability = (1 - rate) ** size;
  let hits = 0;
  while (left >= probability && hits < size) {
    left -= probability;
    probability *= ((size - hits) / (hits + 1)) * (rate / (1 - rate));
    hits++;
  }
  return hits;
}
