import { describe, expect, it } from 'vitest';
import type { Reference } from '../contracts/reference.ts';
import { evaluateTogether } from '../drift/evaluate-window.ts';
import type { WindowHistogram } from '../drift/histogram.ts';
import { createWindowReference } from '../drift/window-reference.ts';
import { referenceWindows, type WindowChoice } from '../windows/reference-windows.ts';
import { parseDuration } from '../windows/duration.ts';
import { type AlertChange, type AlertsState, decide, evolve, NO_ALERTS } from './decide.ts';
import { defaultPolicy } from './testing/given.ts';
import { createWorld, drawCalmHours, windowsOf } from './testing/simulated-month.ts';

const MONTH_TIMEOUT_MS = 120_000;
const WARM_UP_HOURS = 14 * 24;
const HOURS = WARM_UP_HOURS + 30 * 24;
const SEASON: WindowChoice = {
  kind: 'season',
  period: parseDuration('P1W')!,
  windows: 4,
  minimumWindows: 2,
};
const IDENTITY = { model: 'leads', modelVersion: '1.0.0', clock: 'event', revision: 0 } as const;
const policy = defaultPolicy();

/** χ² over deciles in KS's place: the same question, and a hundredth of the time. */
function withoutSamples(reference: Reference): Reference {
  const plain = (distribution: Reference['score']): Reference['score'] => ({
    ...distribution,
    sample: [],
    test: 'chi2',
  });
  return { ...reference, features: reference.features.map(plain), score: plain(reference.score) };
}

/** What fires in the segments' windows of hours, days and weeks, each segment against its own earlier windows. */
function runSegments(
  frozen: Reference,
  segments: readonly (readonly WindowHistogram[])[],
): readonly AlertChange[] {
  const changes: AlertChange[] = [];
  let state: AlertsState = NO_ALERTS;
  const bySegment = segments.map((hours) => [
    ...windowsOf(frozen, hours.length, (hour) => hours[hour]!, policy),
  ]);
  const known = bySegment.map(
    (windows) => new Map(windows.map((window) => [`${window.size.text} ${window.startMs}`, window])),
  );
  for (const [i, window] of bySegment[0]!.entries()) {
    const { size, startMs, endMs } = window;
    const made = known.map((ofSegment) =>
      createWindowReference({
        frozen,
        choice: SEASON,
        size: size.text,
        policy: policy.drift,
        earlier: referenceWindows(window, SEASON).flatMap(
          (earlier) => ofSegment.get(`${size.text} ${earlier.startMs}`) ?? [],
        ),
      }),
    );
    const together = evaluateTogether(
      made.map(({ reference }, segment) => ({
        reference,
        policy,
        importance: {},
        window: bySegment[segment]![i]!.histogram,
      })),
    );
    for (const [segment, results] of together.entries()) {
      const evaluated = {
        ...IDENTITY,
        segment: `source=${segment}`,
        size: size.text,
        startMs,
        endMs,
        results: made[segment]!.complete(results),
      };
      changes.push(...decide(state, evaluated, policy));
      state = evolve(state, evaluated, policy);
    }
  }
  return changes;
}

/** Values of the first feature's lower deciles have moved up. */
function shifted(histogram: WindowHistogram): WindowHistogram {
  const [first, ...others] = histogram.features;
  const [a = 0, b = 0, c = 0, d = 0, ...rest] = first!.counts;
  return { ...histogram, features: [{ ...first!, counts: [0, 0, 0, a + b + c + d, ...rest] }, ...others] };
}

describe(
  'segments with 20 features each, in a world of days and weeks',
  { timeout: MONTH_TIMEOUT_MS },
  () => {
    const world = createWorld(1, true);
    const frozen = withoutSamples(world.reference);
    const segments = Array.from(
      { length: 3 },
      (_, i) => drawCalmHours(world, { seed: 100 + i, sizes: [270], hours: HOURS })[0]!,
    );

    it('raise at most one false alarm in a month, compared with the same hour of the weeks before', () => {
      const fired = runSegments(frozen, segments).filter(({ kind }) => kind === 'fired');
      expect(fired.map(({ alertId }) => alertId).slice(1)).toEqual([]);
    });

    it('raise true ones where one of them changes, and of nothing but that', () => {
      const onset = 20 * 24;
      const few = segments.slice(0, 2).map((hours) => hours.slice(0, onset + 24));
      const moved = few[1]!.map((histogram, hour) => (hour < onset ? histogram : shifted(histogram)));
      const fired = runSegments(frozen, few.with(1, moved)).filter(({ kind }) => kind === 'fired');
      expect(new Set(fired.map(({ window, result }) => `${window.segment} ${result.subject}`))).toEqual(
        new Set(['source=1 number-0']),
      );
    });
  },
);
