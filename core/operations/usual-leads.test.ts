import { expect, it } from 'vitest';
import { areLeadsExpected, type EarlierSpan, learnUsualLeads } from './usual-leads.ts';

const weeks = (...leads: number[]): EarlierSpan[] =>
  leads.map((each, i) => ({ weeksAgo: i + 1, leads: each, watched: 1 }));
const isExpected = (spans: readonly EarlierSpan[]): boolean => areLeadsExpected(learnUsualLeads(spans));

it('leads are expected where four weeks and more always had some, and enough of them', () => {
  expect(isExpected(weeks(10, 12, 9, 11))).toBe(true);
  expect(learnUsualLeads(weeks(10, 12, 9, 11))).toMatchObject({
    weeks: 4,
    weeksWithLeads: 4,
    meanLeads: 10.5,
  });
});

it.each([
  ['a new service', weeks(100, 120, 90)],
  ['an hour that was empty once', weeks(100, 0, 90, 110, 105)],
  ['an hour with a lead or two', weeks(1, 2, 1, 3)],
  ['nothing known', []],
])('none is expected of %s', (_, spans) => {
  expect(isExpected(spans)).toBe(false);
});

it('an hour in which nobody watched is unknown, unless some were seen in it', () => {
  const unwatched = { weeksAgo: 5, leads: 0, watched: 0.5 };
  expect(learnUsualLeads([...weeks(10, 12, 9, 11), unwatched])).toMatchObject({ weeks: 4 });
  expect(learnUsualLeads([...weeks(10, 12, 9, 11), { ...unwatched, leads: 3 }])).toMatchObject({ weeks: 5 });
});

it('the chance of none is the gamma-Poisson predictive', () => {
  // ∫ e^-λ · Gamma(λ; 10.5, 2) dλ = (2/3)^10.5
  expect(learnUsualLeads(weeks(4, 6)).chanceOfNone).toBeCloseTo(0.014_159_299_884, 12);
});
