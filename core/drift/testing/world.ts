import type { Reference } from '../../contracts/reference.ts';
import { createBinner, type Input } from '../binner.ts';
import { type BinnedRow, jointReference } from './joint-reference.ts';
import type { Random } from './random.ts';
import { levelReference, numericReference } from './reference.ts';

const NUMBERS = 12;
const LEVELS = ['a', 'b', 'c', 'd', 'e'];
const LEVEL_SHARES = Array.from({ length: 8 }, (_, i) => [40 - 3 * i, 25, 20, 10 + 2 * i, 5 + i]);
const HOURS_OF_WEEK = 168;
/** Rows that training saw: each hour of the week 60 times. */
const REFERENCE_ROWS = 60 * HOURS_OF_WEEK;
/** Correlation of `number-4` to `number-9` among each other. */
const CORRELATION = 0.6;
const BANDS = ['A', 'B', 'C'];

/** Features of the simulated world, in the reference's order: twelve numbers, eight categories. */
export const FEATURES: readonly string[] = [
  ...Array.from({ length: NUMBERS }, (_, i) => `number-${i}`),
  ...LEVEL_SHARES.map((_, i) => `level-${i}`),
];

/** One simulated lead; `inputs` in the order of FEATURES. Drifts change it in place. */
export interface Lead {
  readonly inputs: Input[];
  score: number;
}

/** How far behaviour at an hour is from the mean: office days and nights, weekdays and weekends; −1…1. */
export function season(hour: number): number {
  const daily = Math.sin((2 * Math.PI * (hour % 24)) / 24);
  const weekend = Math.floor(hour / 24) % 7 >= 5;
  return 0.7 * daily + (weekend ? 0.3 : -0.12);
}

/** A number is normal about this mean (of σ 1) or, skewed, e to that power; a share is missing. */
export interface NumberLaw {
  readonly mean: number;
  readonly skewed: boolean;
  readonly missing: number;
}

/** The i-th number's; every other one cycles by up to .15 σ. */
export function numberLaw(i: number, phase: number): NumberLaw {
  return { mean: (i % 2) * 0.15 * phase, skewed: i % 3 === 2, missing: i % 4 === 3 ? 0.1 : 0.02 };
}

/** Weights of a category's five levels; the first cycles by a tenth of itself. */
export function levelWeights(i: number, phase: number): readonly number[] {
  const [first = 0, ...rest] = LEVEL_SHARES[i] ?? [];
  return [first * (1 + 0.1 * phase), ...rest];
}

/** The score's mean; its σ is 1. */
export function scoreMean(phase: number): number {
  return 0.1 * phase;
}

/** A in the best sixth, B in the better half. */
export function bandOf(score: number): string {
  return score > 1 ? 'A' : score > 0 ? 'B' : 'C';
}

/** One lead of a world of 20 features and a score that cycles with `phase` (see `season`; 0: never) but doesn't drift. */
export function drawLead(random: Random, phase: number): Lead {
  const common = random.normal();
  const numbers = Array.from({ length: NUMBERS }, (_, i) => {
    const { mean, skewed, missing } = numberLaw(i, phase);
    const own = random.normal();
    const correlated = i >= 4 && i < 10;
    const z = correlated ? Math.sqrt(CORRELATION) * common + Math.sqrt(1 - CORRELATION) * own : own;
    if (random.uniform() < missing) return null;
    return skewed ? Math.exp(mean + z) : mean + z;
  });
  const levels = LEVEL_SHARES.map((_, i) => LEVELS[random.pick(levelWeights(i, phase))] ?? 'a');
  return { inputs: [...numbers, ...levels], score: random.normal() + scoreMean(phase) };
}

/** The leads that training saw: every hour of the week equally, in the order of the week. */
export function drawTraining(random: Random, phaseOf: (hour: number) => number): readonly Lead[] {
  return Array.from({ length: REFERENCE_ROWS }, (_, i) =>
    drawLead(random, phaseOf(Math.floor((i * HOURS_OF_WEEK) / REFERENCE_ROWS))),
  );
}

/** The reference that a trainer makes of them; KS gets a random sample. */
export function referenceOf(training: readonly Lead[], random: Random): Reference {
  const leads = shuffle(training, random);
  const numeric = Array.from({ length: NUMBERS }, (_, i) => {
    const values = leads.map((lead) => lead.inputs[i]).filter((value) => typeof value === 'number');
    return numericReference(`number-${i}`, values, leads.length - values.length);
  });
  const categorical = LEVEL_SHARES.map((_, i) => {
    const count = (level: string) => leads.filter((lead) => lead.inputs[NUMBERS + i] === level).length;
    return levelReference(`level-${i}`, Object.fromEntries(LEVELS.map((level) => [level, count(level)])));
  });
  const scores = leads.map((lead) => lead.score);
  const bands = BANDS.map((band) => [band, scores.filter((score) => bandOf(score) === band).length]);
  const reference = {
    rows: leads.length,
    features: [...numeric, ...categorical],
    score: numericReference('score', scores),
    bands: Object.fromEntries(bands) as Record<string, number>,
  };
  return { ...reference, joint: jointReference(reference.features, binRows(reference, leads)) };
}

function binRows(reference: Reference, leads: readonly Lead[]): readonly BinnedRow[] {
  const bin = createBinner(reference);
  return leads.map(({ inputs, score }) => {
    const bins = inputs.map(() => 0);
    bin(inputs, bins);
    return { bins, score };
  });
}

function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
