import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reference } from '../contracts/reference.ts';
import { completePolicy } from '../policy/defaults.ts';
import { parseDuration } from '../windows/duration.ts';
import type { WindowChoice } from '../windows/reference-windows.ts';
import { describeReference, nameReference } from './compared-windows.ts';
import { createBinner } from './binner.ts';
import { evaluateWindow } from './evaluate-window.ts';
import { createHistograms, type WindowHistogram } from './histogram.ts';
import { createKsCells, withReferenceCounts } from './ks-cells.ts';
import { ksFromCells } from './ks.ts';
import type { DriftResult } from './result.ts';
import { createRandom } from './testing/random.ts';
import { levelReference, numericReference } from './testing/reference.ts';
import { createWindowReference, type EarlierWindow } from './window-reference.ts';

const HOUR_MS = 3_600_000;
const random = createRandom(3);
const reference: Reference = {
  rows: 2_000,
  features: [
    numericReference(
      'rate',
      Array.from({ length: 2_000 }, () => random.normal()),
    ),
    levelReference('job', { admin: 1_000, retired: 1_000 }),
  ],
  score: numericReference(
    'score',
    Array.from({ length: 2_000 }, () => random.uniform()),
  ),
  bands: { A: 1_000, B: 1_000 },
};
const importance = { rate: 0.7 };
const ROLLING: WindowChoice = { kind: 'rolling', windows: 4, gap: 0, minimumWindows: 2 };
const SEASON: WindowChoice = {
  kind: 'season',
  period: parseDuration('P1W')!,
  windows: 4,
  minimumWindows: 2,
};

function policyOf() {
  const outcome = completePolicy({});
  if (!outcome.ok) throw new Error(outcome.problems.join());
  return outcome.policy;
}
const policy = policyOf();

type Lead = readonly [rate: number | null, job: string];

/** As lately: another mean than in training, a level that training never saw, some missing. */
const lately = (): Lead => [
  random.uniform() < 0.1 ? null : random.normal() + 1,
  ['admin', 'retired', 'robot'][random.pick([1, 1, 1])]!,
];

function windowOf(rows: number, lead: () => Lead = lately): WindowHistogram {
  const builder = createHistograms(reference).builder();
  const bin = createBinner(reference);
  for (let row = 0; row < rows; row++) {
    const inputs = [...lead()];
    const bins: number[] = [];
    bin(inputs, bins);
    const score = random.uniform();
    builder.add(inputs, bins, score, score > 0.5 ? 'A' : 'B');
  }
  return builder.build();
}

function compare(window: WindowHistogram, histograms: readonly WindowHistogram[], choice: WindowChoice) {
  const earlier = histograms.map((histogram, i): EarlierWindow => ({
    startMs: i * HOUR_MS,
    endMs: (i + 1) * HOUR_MS,
    histogram,
  }));
  const made = createWindowReference({
    frozen: reference,
    choice,
    size: 'PT1H',
    earlier,
    policy: policy.drift,
  });
  return made.complete(evaluateWindow({ reference: made.reference, policy, importance, window }));
}

const verdicts = (results: readonly DriftResult[]) =>
  new Set(results.filter(({ alarms }) => alarms).map(({ verdict }) => verdict));

describe('windows compared with earlier ones', () => {
  it('are well where training would alarm, and alarm where training would be content', () => {
    const earlier = [windowOf(400), windowOf(400), windowOf(400)];
    expect(verdicts(compare(windowOf(400), earlier, ROLLING))).toEqual(new Set(['ok']));
    const asTrained = windowOf(400, () => [random.normal(), random.uniform() < 0.5 ? 'admin' : 'retired']);
    const drifted = compare(asTrained, earlier, ROLLING).filter(({ verdict }) => verdict === 'drifted');
    expect(drifted.map(({ subject, statistic }) => `${subject} ${statistic}`)).toEqual(
      expect.arrayContaining(['rate psi', 'rate ks', 'job psi', 'job chi2', 'rate share_difference']),
    );
    expect(drifted.map(({ signal }) => signal)).not.toContain('new_category');
  });

  it('have the values of one window that holds all of their leads', () => {
    const earlier = [windowOf(300), windowOf(200)];
    const current = windowOf(300);
    const together = createHistograms(reference).sum(earlier);
    const apart = compare(current, earlier, ROLLING).map(({ value, pValue }) => [value, pValue]);
    const atOnce = compare(current, [together, windowOf(0)], ROLLING);
    expect(apart).toEqual(atOnce.map(({ value, pValue }) => [value, pValue]));
  });

  it('differ from themselves by no more than the ½ that is added to each bin', () => {
    const current = windowOf(300);
    const results = compare(current, [current, current], ROLLING);
    const distances = results.filter(({ signal }) => signal !== 'new_category').map(({ value }) => value);
    expect(Math.max(...distances)).toBeLessThan(1e-3);
  });

  it('say which they were, subject by subject', () => {
    const outage = windowOf(300, () => [null, 'admin']);
    const results = compare(windowOf(300), [windowOf(300), outage, windowOf(300)], SEASON);
    const told = new Map(
      results.map(({ subject, comparedWith }) => [subject, describeReference(comparedWith)]),
    );
    expect(told.get('rate')).toBe(
      'season P1W: 2 of 4 PT1H windows from 1970-01-01 to 1970-01-01T03:00Z, 1 unlike them left out',
    );
    expect(told.get('score')).toBe('season P1W: 3 of 4 PT1H windows from 1970-01-01 to 1970-01-01T03:00Z');
    expect(nameReference(results[0]!.comparedWith)).toBe('the same time of other weeks');
    expect(verdicts(results)).toEqual(new Set(['ok']));
  });

  it.each([
    [[300], '1 of 4 windows to compare with hold leads, 2 are needed'],
    [[60, 60, 60], '180 leads in the 3 windows to compare with, 200 are needed'],
  ])('of %j leads are too little to be judged by', (rows, detail) => {
    const results = compare(
      windowOf(300),
      rows.map((count) => windowOf(count)),
      ROLLING,
    );
    expect(verdicts(results)).toEqual(new Set(['insufficient_data']));
    expect(new Set(results.map((result) => result.detail))).toEqual(new Set([detail]));
  });
});

describe('KS between cells', () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });

  it('is short of D of the raw values by at most the smaller of both shares in one gap', () => {
    fc.assert(
      fc.property(values, values, values, (sample, current, earlier) => {
        const cells = createKsCells(sample.map((value) => value * 5));
        const countsOf = (all: readonly number[]) => {
          const counts = Array.from({ length: cells.count }, () => 0);
          for (const value of all) counts[cells.cellOf(value)]!++;
          return counts;
        };
        const [n, m] = [countsOf(current), countsOf(earlier)];
        const indices = [...n.keys()];
        const between = ksFromCells(withReferenceCounts(cells, indices, m, []), indices, n).value;
        const raw = ksFromCells(
          createKsCells(earlier),
          current.map((value) => createKsCells(earlier).cellOf(value)),
          current.map(() => 1),
        ).value;
        const gaps = n.map((count, cell) =>
          cell % 2 === 1 ? 0 : Math.min(count / current.length, m[cell]! / earlier.length),
        );
        expect(between).toBeLessThanOrEqual(raw + 1e-12);
        expect(raw).toBeLessThanOrEqual(between + Math.max(...gaps) + 1e-12);
      }),
    );
  });
});
