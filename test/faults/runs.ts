import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { FaultReport } from './report.ts';

/** What is kept of a run, to be added up. */
export interface RunSummary {
  /** Day of its end. */
  readonly date: string;
  readonly seed: number;
  readonly cores: number;
  readonly minutes: number;
  readonly faults: number;
  readonly leads: number;
  readonly aborted: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Answers to leads that nobody may see. */
  readonly phantoms: number;
  readonly hangingTransactions: number;
  /** Rows of ClickHouse that were held beside those of a drift in peace; of how many they weren't the same. */
  readonly rows: number;
  readonly unequalRows: number;
  readonly problems: number;
}

/** What of a report is kept. */
export function summariseRun(report: FaultReport, date: string): RunSummary {
  const { seed, minutes, faults, verdict, rows, abortedByOthers, problems } = report;
  const sum = (of: 'lost' | 'duplicates' | 'phantoms'): number =>
    Object.values(verdict.roles).reduce((total, role) => total + role[of], 0);
  return {
    date,
    seed,
    cores: cpus().length,
    minutes: Math.round(minutes * 10) / 10,
    faults,
    leads: verdict.leads,
    aborted: abortedByOthers,
    lost: sum('lost'),
    duplicates: sum('duplicates'),
    phantoms: sum('phantoms'),
    hangingTransactions: verdict.hangingTransactions,
    rows: rows.tables.reduce((total, table) => total + table.rows, 0),
    unequalRows: rows.tables.reduce((total, of) => total + of.missing + of.surplus + of.different, 0),
    problems: problems.length,
  };
}

/** Adds a run to a file of runs; a line that adds all of them up. */
export function addRun(file: string, run: RunSummary): string {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunSummary[]) : [];
  const runs = [...before, run];
  writeFileSync(file, `[\n${runs.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`);
  return describeRuns(runs);
}

/** All runs together, in a line. */
export function describeRuns(runs: readonly RunSummary[]): string {
  const sum = (of: Exclude<keyof RunSummary, 'date'>): string =>
    runs.reduce((total, run) => total + run[of], 0).toLocaleString('en');
  return (
    `${runs.length} runs: ${sum('faults')} faults, ${sum('leads')} leads, ${sum('lost')} lost, ${sum('duplicates')} twice, ` +
    `${sum('phantoms')} of aborted leads; ${sum('rows')} rows, ${sum('unequalRows')} not as in peace`
  );
}
