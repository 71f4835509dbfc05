import type { RoleVerdict } from './judge/judge.ts';
import type { Wrong } from './judge/wrong.ts';
import type { FaultReport } from './report.ts';

/**
 * How often each is so. `lostRows`: scores that drift had read and that aren't in ClickHouse;
 * `wrongWindows`: of both drifts that had closed all of theirs. What is unfinished on a slow machine is neither.
 */
export function countWrongs(
  report: Pick<FaultReport, 'verdict' | 'rows' | 'hangs'>,
): Readonly<Record<Wrong, number>> {
  const { verdict, rows, hangs } = report;
  const sumRoles = (of: keyof RoleVerdict): number =>
    Object.values(verdict.roles).reduce((total, role) => total + role[of], 0);
  const lostRows = rows.tables.filter(({ table }) => table === 'scores').map(({ missing }) => missing);
  const wrongWindows = rows.tables
    .filter(({ table }) => table.endsWith('_windows') || table === 'drift_results')
    .map(({ missing, surplus, different }) => missing + surplus + different);
  return {
    lost: sumRoles('lost'),
    duplicates: sumRoles('duplicates'),
    phantoms: sumRoles('phantoms'),
    contradicted: sumRoles('contradicted'),
    wrongPartition: sumRoles('wrongPartition'),
    outOfOrder: sumRoles('outOfOrder'),
    foreignKey: sumRoles('foreignKey'),
    uncommitted: sumRoles('uncommitted'),
    hangingTransactions: verdict.hangingTransactions,
    hangs: hangs.length,
    lostRows: rows.isRead ? sum(lostRows) : 0,
    wrongWindows: rows.isFinished ? sum(wrongWindows) : 0,
  };
}

/** Those of the wrongs that a mutant is known by and that are there, in words. */
export function tellWrongs(
  report: Pick<FaultReport, 'verdict' | 'rows' | 'hangs'>,
  knownBy: readonly Wrong[],
): readonly string[] {
  const counts = countWrongs(report);
  return knownBy.filter((wrong) => counts[wrong] > 0).map((wrong) => `${counts[wrong]} ${wrong}`);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
