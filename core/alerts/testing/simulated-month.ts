import type { Reference } from '../../contracts/reference.ts';
import { createBinner, type Input } from '../../drift/binner.ts';
import { evaluateWindow } from '../../drift/evaluate-window.ts';
import { createHistograms, type WindowHistogram } from '../../drift/histogram.ts';
import { createRandom, type Random } from '../../drift/testing/random.ts';
import { levelReference, numericReference } from '../../drift/testing/reference.ts';
import { windowAt } from '../../windows/tumbling.ts';
import { type AlertChange, type EvaluatedWindow } from '../decide.ts';
import { defaultPolicy, runWindows } from './given.ts';

export const HOUR_MS = 3_600_000;
const NUMERIC = 12;
const LEVELS = ['a', 'b', 'c', 'd', 'e'];
const CATEGORICAL_SHARES = Array.from({ length: 8 }, (_, i) => [40 - 3 * i, 25, 20, 10 + 2 * i, 5 + i]);
export const START_MS = Date.UTC(2025, 0, 6);

/** How far behaviour at an hour is from the mean: office days and nights, weekdays and weekends; −1…1. */
function season(hour: number): number {
  const daily = Math.sin((2 * Math.PI * hour) / 24);
  const weekend = Math.floor(hour / 24) % 7 >= 5;
  return 0.7 * daily + (weekend ? 0.3 : -0.12);
}

interface Lead {
  readonly inputs: readonly Input[];
  readonly score: number;
}

/** One lead of a world of 20 features that cycles but doesn't drift: shifts of up to .15 σ, shares by a tenth. */
function drawLead(random: Random, phase: number): Lead {
  const numbers = Array.from({ length: NUMERIC }, (_, i) =>
    random.uniform() < 0.02 ? null : random.normal() + (i % 2) * 0.15 * phase,
  );
  const levels = CATEGORICAL_SHARES.map((shares) => {
    const [first = 0, ...rest] = shares;
    return LEVELS[random.pick([first * (1 + 0.1 * phase), ...rest])] ?? 'a';
  });
  return { inputs: [...numbers, ...levels], score: random.normal() + 0.1 * phase };
}

const bandOf = (score: number): string => (score > 1 ? 'A' : score > 0 ? 'B' : 'C');

/** Training saw every hour of the week equally. */
function drawReference(random: Random): Reference {
  const leads = Array.from({ length: 10_080 }, (_, i) => drawLead(random, season(i % 168)));
  const numeric = Array.from({ length: NUMERIC }, (_, i) => {
    const values = leads.map((lead) => lead.inputs[i]).filter((value) => typeof value === 'number');
    return numericReference(`number-${i}`, values, leads.length - values.length);
  });
  const categorical = CATEGORICAL_SHARES.map((_, i) => {
    const count = (level: string) => leads.filter((lead) => lead.inputs[NUMERIC + i] === level).length;
    return levelReference(`level-${i}`, Object.fromEntries(LEVELS.map((level) => [level, count(level)])));
  });
  const scores = leads.map((lead) => lead.score);
  const bands = Object.fromEntries(
    ['A', 'B', 'C'].map((band) => [band, scores.filter((s) => bandOf(s) === band).length]),
  );
  return {
    rows: leads.length,
    features: [...numeric, ...categorical],
    score: numericReference('score', scores),
    bands,
  };
}

function drawMonth(
  reference: Reference,
  random: Random,
  { hours, drift, rowsAnHour }: Required<Omit<SimulatedMonth, 'seed'>>,
): readonly WindowHistogram[] {
  const histograms = createHistograms(reference);
  const bin = createBinner(reference);
  const bins = reference.features.map(() => 0);
  return Array.from({ length: hours }, (_, hour) => {
    const builder = histograms.builder();
    const phase = season(hour);
    const rows = Math.round(rowsAnHour * (1 + 0.25 * phase));
    for (let row = 0; row < rows; row++) {
      const { inputs, score } = drawLead(random, phase);
      const [first = null, ...rest] = inputs;
      const moved = typeof first === 'number' && hour >= hours / 2 ? first + drift : first;
      bin([moved, ...rest], bins);
      builder.add([moved, ...rest], bins, score, bandOf(score));
    }
    return builder.build();
  });
}

/** The hours' windows, and the days and weeks summed from them, evaluated in order of their ends. */
function evaluateMonth(reference: Reference, hours: readonly WindowHistogram[]): readonly EvaluatedWindow[] {
  const { sum } = createHistograms(reference);
  const policy = defaultPolicy();
  return policy.windows.sizes.flatMap((size) => {
    const byStart = Map.groupBy(hours.keys(), (hour) => windowAt(START_MS + hour * HOUR_MS, size).startMs);
    return Array.from(byStart, ([startMs, members]) => ({
      model: 'leads',
      modelVersion: '1.0.0',
      segment: null,
      size: size.text,
      clock: 'event' as const,
      startMs,
      endMs: windowAt(startMs, size).endMs,
      revision: 0,
      results: evaluateWindow({
        reference,
        policy,
        importance: {},
        window: sum(hours.filter((_, hour) => members.includes(hour))),
      }),
    }));
  });
}

/** Which world to simulate; the same gives the same. */
export interface SimulatedMonth {
  readonly seed: number;
  /** Default a month of 30 days. */
  readonly hours?: number;
  /** What is added to the first feature (in σ) from half-time on. Default 0. */
  readonly drift?: number;
  /** Leads on average. Default 230. */
  readonly rowsAnHour?: number;
}

/** What fires at the default policy in hourly, daily and weekly windows of a simulated world. */
export function simulateAlarms(month: SimulatedMonth): readonly AlertChange[] {
  const random = createRandom(month.seed);
  const reference = drawReference(random);
  const hours = drawMonth(reference, random, { hours: 30 * 24, drift: 0, rowsAnHour: 230, ...month });
  return runWindows(evaluateMonth(reference, hours)).changes.filter(({ kind }) => kind === 'fired');
}
