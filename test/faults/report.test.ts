import { describe, expect, it } from 'vitest';
import { seededRandom } from '@scoreline/core/shadow/seeded-random.ts';
import { faultsFound, type FaultVerdict, type RoleVerdict } from './judge/judge.ts';
import { dealFaults, FAULTS, type Inflicted } from './nemesis.ts';
import { summariseRecovery } from './report.ts';

const GOOD: RoleVerdict = {
  scores: 98,
  deadLetters: 2,
  lost: 0,
  duplicates: 0,
  phantoms: 0,
  contradicted: 0,
  wrongPartition: 0,
  outOfOrder: 0,
  foreignKey: 0,
  uncommitted: 0,
};

function verdictOf(production: Partial<RoleVerdict>, hangingTransactions = 0): FaultVerdict {
  return { leads: 100, hangingTransactions, roles: { production: { ...GOOD, ...production }, shadow: GOOD } };
}

describe('faultsFound', () => {
  it('finds nothing where each lead has one answer by each role', () => {
    expect(faultsFound(verdictOf({}), 90)).toEqual([]);
  });

  it.each([
    [{ lost: 1, scores: 97 }, ['production: 1 lost', 'production: 99 answers to 100 leads']],
    [{ duplicates: 1, scores: 99 }, ['production: 1 duplicates', 'production: 101 answers to 100 leads']],
    [{ outOfOrder: 3 }, ['production: 3 outOfOrder']],
  ])('tells %o', (wrong, told) => {
    expect(faultsFound(verdictOf(wrong), 90)).toEqual(told);
  });

  it('shows nothing where leads that were sent are not there, or none were', () => {
    expect(faultsFound(verdictOf({}), 101)).toEqual([
      '100 leads on the topic, of 101 that were sent: nothing is shown',
    ]);
    expect(faultsFound(verdictOf({}), 0)).toHaveLength(1);
  });

  it('tells transactions that nobody has ended', () => {
    expect(faultsFound(verdictOf({}, 2), 90)).toEqual(['2 hanging transactions']);
  });
});

describe('dealFaults', () => {
  const deal = (seed: number, count: number) => {
    const dealt = dealFaults(FAULTS, seededRandom(seed));
    return Array.from({ length: count }, () => dealt.next().value.name);
  };

  it('deals each fault once before any comes again, in an order that the seed gives', () => {
    const first = deal(7, FAULTS.length);
    expect(new Set(first).size).toBe(FAULTS.length);
    expect(deal(7, FAULTS.length)).toEqual(first);
    expect(deal(8, FAULTS.length)).not.toEqual(first);
  });
});

describe('summariseRecovery', () => {
  const done = (fault: string, answeredMs: number | null, skipped?: string): Inflicted => ({
    fault,
    kind: 'process',
    answeredMs,
    storedMs: 1,
    inflictedMs: 0,
    problem: undefined,
    skipped,
  });

  it('counts a hang as the limit, tells the slowest first, and leaves out what was left out', () => {
    const all = [done('a', 5), done('a', 9), done('a', 7), done('b', null), done('c', 0, 'not root')];
    const stored = { medianMs: 1, longestMs: 1 };
    expect(summariseRecovery(all, 100)).toEqual([
      { fault: 'b', kind: 'process', times: 1, answered: { medianMs: 100, longestMs: 100 }, stored },
      { fault: 'a', kind: 'process', times: 3, answered: { medianMs: 7, longestMs: 9 }, stored },
    ]);
  });
});
