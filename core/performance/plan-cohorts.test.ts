import { describe, expect, it } from 'vitest';
import { parseDuration } from '../windows/duration.ts';
import {
  type CohortRecord,
  type CohortState,
  cohortsTouchable,
  cohortsTouched,
  nextRevision,
  planCohorts,
  spanOfCohorts,
} from './plan-cohorts.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const [day, month] = [parseDuration('P1D')!, parseDuration('P1M')!];
const dayMs = (n: number): number => START_MS + n * DAY_MS;

/** Sixty days with ten scores each. */
function given(state: Partial<CohortState> = {}): CohortState {
  const startsMs = Array.from({ length: 60 }, (_, n) => dayMs(n));
  const bases = { startsMs, counts: startsMs.map(() => 10) };
  return { sizes: [month], bases, records: [], closedUntilMs: dayMs(60), matureUntilMs: dayMs(31), ...state };
}

function record(change: Partial<CohortRecord> = {}): CohortRecord {
  const known = { revision: 0, scored: 310, fingerprint: 'a', isDirty: false };
  return { kind: 'realised', size: 'P1M', startMs: START_MS, ...known, ...change };
}

const told = (state: CohortState): readonly string[] =>
  planCohorts(state).map(
    ({ kind, window }) => `${kind} ${new Date(window.startMs).toISOString().slice(0, 10)}`,
  );

describe('planCohorts', () => {
  it('estimates what has closed, measures what is mature, in order', () => {
    expect(told(given())).toEqual(['estimated 2024-01-01', 'estimated 2024-02-01', 'realised 2024-01-01']);
    expect(told(given({ closedUntilMs: dayMs(59) }))).toEqual([
      'estimated 2024-01-01',
      'realised 2024-01-01',
    ]);
    expect(told(given({ matureUntilMs: dayMs(30) }))).toEqual([
      'estimated 2024-01-01',
      'estimated 2024-02-01',
    ]);
    expect(told(given({ closedUntilMs: -Infinity, matureUntilMs: -Infinity }))).toEqual([]);
  });

  it('measures each size, and a cohort without scores never', () => {
    const bases = { startsMs: [dayMs(0), dayMs(3)], counts: [1, 2] };
    expect(told(given({ sizes: [day, month], bases, closedUntilMs: -Infinity }))).toEqual([
      'realised 2024-01-01',
      'realised 2024-01-04',
      'realised 2024-01-01',
    ]);
  });

  it.each([
    ['what is as it was', record(), []],
    ['what an outcome touches', record({ isDirty: true }), ['realised 2024-01-01']],
    ['what has more scores than it had', record({ scored: 309 }), ['realised 2024-01-01']],
    ['what retention has taken scores from', record({ scored: 400 }), []],
  ])('of what was computed: %s', (_, known, expected) => {
    expect(told(given({ records: [known], closedUntilMs: -Infinity }))).toEqual(expected);
  });
});

describe('nextRevision', () => {
  it.each([
    ['the first', null, { scored: 5, fingerprint: 'b' }, 0],
    ['the same again', record(), { scored: 310, fingerprint: 'a' }, null],
    ['another outcome', record(), { scored: 310, fingerprint: 'b' }, 1],
    ['a late score', record({ revision: 4 }), { scored: 311, fingerprint: 'b' }, 5],
    ['rows that are gone', record(), { scored: 12, fingerprint: 'b' }, null],
  ])('%s', (_, before, now, expected) => {
    expect(nextRevision(before, now)).toBe(expected);
  });
});

it('an outcome touches the realised cohorts that hold its lead, of every size', () => {
  const records = [
    record(),
    record({ kind: 'estimated' }),
    record({ size: 'P1D', startMs: dayMs(3) }),
    record({ size: 'P1D', startMs: dayMs(4) }),
  ];
  const touched = cohortsTouched(records, [day, month], [dayMs(3) + 5]);
  expect(touched).toEqual([records[0], records[2]]);
});

it('only realised cohorts of sizes that are asked for, not yet marked, can be touched, by leads of their time', () => {
  const records = [
    record({ size: 'P1D', startMs: dayMs(40) }),
    record(),
    record({ kind: 'estimated', startMs: dayMs(-31) }),
    record({ startMs: dayMs(60), isDirty: true }),
    record({ size: 'P1W', startMs: dayMs(70) }),
  ];
  const touchable = cohortsTouchable(records, [day, month]);
  expect(touchable).toEqual(records.slice(0, 2));
  expect(spanOfCohorts(touchable, [day, month])).toEqual({ startMs: START_MS, endMs: dayMs(41) });
  expect(spanOfCohorts([], [day, month])).toBe(null);
});
