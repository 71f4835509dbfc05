import { describe, expect, it } from 'vitest';
import type { RowsVerdict } from './judge/judge-rows.ts';
import type { RoleVerdict } from './judge/judge.ts';
import { tellWrongs } from './wrongs.ts';

const ROLE: RoleVerdict = {
  scores: 0,
  deadLetters: 0,
  lost: 0,
  duplicates: 0,
  phantoms: 0,
  contradicted: 0,
  wrongPartition: 0,
  outOfOrder: 0,
  foreignKey: 0,
  uncommitted: 0,
};
const ROWS: RowsVerdict = {
  windowsUntil: '2008-01-01T00:00:00.000Z',
  isRead: true,
  isFinished: true,
  tables: [
    { table: 'scores', rows: 9, missing: 2, surplus: 0, different: 0, mayBeLate: false },
    { table: 'score_windows', rows: 9, missing: 1, surplus: 1, different: 1, mayBeLate: false },
  ],
  found: [],
  empty: [],
};

function reportOf(
  role: Partial<RoleVerdict>,
  rows: Partial<RowsVerdict> = {},
  hangs: readonly string[] = [],
) {
  return {
    verdict: { leads: 9, hangingTransactions: 0, roles: { production: { ...ROLE, ...role } } },
    rows: { ...ROWS, ...rows },
    hangs,
  };
}

describe('tellWrongs', () => {
  it('tells what a mutant is known by, and nothing else', () => {
    expect(tellWrongs(reportOf({ duplicates: 3, lost: 1 }), ['duplicates'])).toEqual(['3 duplicates']);
    expect(tellWrongs(reportOf({ duplicates: 3 }, {}, ['hangs after: a']), ['lost'])).toEqual([]);
    expect(tellWrongs(reportOf({}, {}, ['hangs after: a']), ['hangs'])).toEqual(['1 hangs']);
  });

  it('tells nothing of a run that shows nothing', () => {
    const report = {
      ...reportOf({}, { tables: [], found: ['nothing is shown'] }),
      found: ['nothing is shown'],
    };
    expect(tellWrongs(report, ['lost', 'duplicates', 'phantoms', 'lostRows', 'wrongWindows'])).toEqual([]);
  });

  it('tells rows that drift had read, and windows of drifts that had finished', () => {
    const both = ['lostRows', 'wrongWindows'] as const;
    expect(tellWrongs(reportOf({}), both)).toEqual(['2 lostRows', '3 wrongWindows']);
    expect(tellWrongs(reportOf({}, { isFinished: false }), both)).toEqual(['2 lostRows']);
    expect(tellWrongs(reportOf({}, { isRead: false, isFinished: false }), both)).toEqual([]);
  });
});
