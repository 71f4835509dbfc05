import type { Reference } from '../../contracts/reference.ts';
import { createBinner } from '../../drift/binner.ts';
import { evaluateWindow, judgeWindow, measureWindow } from '../../drift/evaluate-window.ts';
import { createHistograms, type Histogram, type WindowHistogram } from '../../drift/histogram.ts';
import { measureMissingRate, measureNewCategories } from '../../drift/measure-shares.ts';
import type { Measurement } from '../../drift/measurement.ts';
import type { DriftResult } from '../../drift/result.ts';
import { createWindowCounter, type WindowCounter } from '../../drift/testing/count-window.ts';
import { createRandom, type Random } from '../../drift/testing/random.ts';
import { drawLead, drawTraining, bandOf, type Lead, referenceOf, season } from '../../drift/testing/world.ts';
import type { CompletePolicy } from '../../policy/defaults.ts';
import { type Window, windowAt } from '../../windows/tumbling.ts';
import {
  type AlertChange,
  type AlertsState,
  decide,
  type EvaluatedWindow,
  evolve,
  firingAlerts,
  NO_ALERTS,
} from '../decide.ts';

export const HOUR_MS = 3_600_000;
/** A Monday. */
export const START_MS = Date.UTC(2025, 0, 6);
/** From so many values on the p of KS is asymptotic: cheap. */
const LARGE_SAMPLE = 10_001;

/** Changes a lead of that hour, in place. */
export type Drift = (lead: Lead, hour: number, random: Random) => void;

/** A world with its own training data; the same seed gives the same. */
export interface SimulatedWorld {
  readonly reference: Reference;
  readonly training: readonly Lead[];
  /** −1…1, or always 0 in a world without cycles. */
  phaseOf(hour: number): number;
  readonly counter: WindowCounter;
}

/** What training saw in the world of that seed, with cycles of days and weeks or without. */
export function createWorld(seed: number, cycles: boolean): SimulatedWorld {
  const random = createRandom(seed);
  const phaseOf = cycles ? season : () => 0;
  const training = drawTraining(random, phaseOf);
  const reference = referenceOf(training, random);
  return { reference, training, phaseOf, counter: createWindowCounter(reference) };
}

/** The leads of one hour: a quarter more or fewer with the cycles. */
export function drawHour(world: SimulatedWorld, hour: SimulatedHour, random: Random): readonly Lead[] {
  const phase = world.phaseOf(hour.hour);
  return Array.from({ length: rowsAt(phase, hour.rowsAnHour) }, () => {
    const lead = drawLead(random, phase);
    hour.drift?.(lead, hour.hour, random);
    return lead;
  });
}

/** Which hour, counted from START_MS, of a stream of so many leads an hour on average. */
export interface SimulatedHour {
  readonly hour: number;
  readonly rowsAnHour: number;
  readonly drift?: Drift | undefined;
}

function rowsAt(phase: number, rowsAnHour: number): number {
  return Math.round(rowsAnHour * (1 + 0.25 * phase));
}

/** Counts leads as the drift service does. */
export function createLeadCounter(reference: Reference): (leads: readonly Lead[]) => WindowHistogram {
  const histograms = createHistograms(reference);
  const bin = createBinner(reference);
  const bins = reference.features.map(() => 0);
  return (leads) => {
    const builder = histograms.builder();
    for (const { inputs, score } of leads) {
      bin(inputs, bins);
      builder.add(inputs, bins, score, bandOf(score));
    }
    return builder.build();
  };
}

/** A window to be judged, with its counts. */
export interface HistogramWindow extends Window {
  readonly histogram: WindowHistogram;
}

/**
 * The windows of so many hours from START_MS on, and the days and weeks summed from them, in order of their ends.
 * Each is counted when its turn comes.
 */
export function* windowsOf(
  reference: Reference,
  hours: number,
  histogramOf: (hour: number) => WindowHistogram,
  policy: CompletePolicy,
): Iterable<HistogramWindow> {
  const { sum } = createHistograms(reference);
  const windows = policy.windows.sizes.flatMap((size) => {
    const startOf = (hour: number): number => windowAt(START_MS + hour * HOUR_MS, size).startMs;
    const byStart = Map.groupBy(Array.from({ length: hours }).keys(), startOf);
    return Array.from(byStart, ([startMs, members]) => ({ ...windowAt(startMs, size), members }));
  });
  windows.sort((a, b) => a.endMs - b.endMs || a.startMs - b.startMs);
  for (const { members, ...window } of windows) {
    const parts = members.map(histogramOf);
    yield { ...window, histogram: parts.length === 1 && parts[0] !== undefined ? parts[0] : sum(parts) };
  }
}

/**
 * What changes in the alerts as these hours, days and weeks pass: by evaluateWindow, decide and evolve, as in the
 * drift service. The exact p of KS, nine tenths of the cost, is only computed where it can matter: where nothing
 * fires and nothing would be drifted even by a p that is too small, a window changes nothing by any p. Of a window
 * below the minimum sample only shares are judged, so nothing else is measured.
 */
export function runAlerts(
  reference: Reference,
  hours: readonly WindowHistogram[],
  policy: CompletePolicy,
): readonly AlertChange[] {
  const changes: AlertChange[] = [];
  let state: AlertsState = NO_ALERTS;
  const { builder } = createHistograms(reference);
  const histogramOf = (hour: number): WindowHistogram => hours[hour] ?? builder().build();
  for (const window of windowsOf(reference, hours.length, histogramOf, policy)) {
    const { histogram } = window;
    const quick = judgeWindow(measureQuickly(reference, histogram, policy), { policy, window: histogram });
    const matters = firingAlerts(state).size > 0 || quick.some(({ verdict }) => verdict === 'drifted');
    const needsP = matters && rowsOf(histogram) >= policy.drift.minimumSample;
    const exact = () => evaluateWindow({ reference, policy, importance: {}, window: histogram });
    const evaluated = toEvaluated(window, needsP ? exact() : quick);
    changes.push(...decide(state, evaluated, policy));
    state = evolve(state, evaluated, policy);
  }
  return changes;
}

/** Leads in a window. */
export function rowsOf({ bands }: WindowHistogram): number {
  return Object.values(bands).reduce((sum, count) => sum + count, 0);
}

/** Results of a window as the drift service hands them to `decide`. */
export function toEvaluated(
  { size, startMs, endMs }: Window,
  results: readonly DriftResult[],
): EvaluatedWindow {
  const identity = {
    model: 'leads',
    modelVersion: '1.0.0',
    segment: null,
    clock: 'event',
    revision: 0,
  } as const;
  return { ...identity, size: size.text, startMs, endMs, results };
}

/**
 * What a window says, but that p of KS is too small: cheap, and at least as much is drifted as in truth. Below the
 * minimum sample that is what shares say, as nothing else is judged.
 */
export function measureQuickly(
  reference: Reference,
  window: WindowHistogram,
  policy: CompletePolicy,
): readonly Measurement[] {
  if (rowsOf(window) >= policy.drift.minimumSample) {
    return measureWindow({ reference, policy, importance: {}, window: exaggerate(window, policy) });
  }
  return reference.features.flatMap((distribution, i) => {
    const histogram = window.features[i];
    if (histogram === undefined) return [];
    const unseen = measureNewCategories(distribution, histogram, policy.drift, false);
    const missing = measureMissingRate(distribution, histogram, policy.drift, false);
    return unseen === null ? [missing] : [missing, unseen];
  });
}

/** The same shares for KS from more values: D stays, p falls. Samples too small to be judged stay so. */
function exaggerate(window: WindowHistogram, { drift }: CompletePolicy): WindowHistogram {
  const grow = (histogram: Histogram): Histogram => {
    if (histogram.ks === null) return histogram;
    const { cells, counts, offsets } = histogram.ks;
    let size = 0;
    for (const count of counts) size += count;
    if (size < drift.minimumSample || size >= LARGE_SAMPLE) return histogram;
    const factor = Math.ceil(LARGE_SAMPLE / size);
    const times = (sums: readonly number[]): number[] => sums.map((sum) => sum * factor);
    return { ...histogram, ks: { cells, counts: times(counts), offsets: times(offsets) } };
  };
  return { ...window, features: window.features.map(grow), score: grow(window.score) };
}

/** Which months to simulate; the same gives the same. */
export interface CalmMonths {
  readonly seed: number;
  /** Leads an hour on average, ascending: a month for each. */
  readonly sizes: readonly number[];
  readonly hours: number;
}

/** Histograms of hours without drift, drawn as counts: by size, then by hour. */
export function drawCalmHours(
  world: SimulatedWorld,
  { seed, sizes, hours }: CalmMonths,
): readonly (readonly WindowHistogram[])[] {
  const random = createRandom(seed);
  const months: WindowHistogram[][] = sizes.map(() => []);
  for (let hour = 0; hour < hours; hour++) {
    const phase = world.phaseOf(hour);
    const rows = sizes.map((rowsAnHour) => rowsAt(phase, rowsAnHour));
    for (const [i, window] of world.counter(rows, phase, random).entries()) months[i]?.push(window);
  }
  return months;
}
