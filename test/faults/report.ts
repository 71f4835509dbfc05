import type { FaultVerdict } from './judge/judge.ts';
import type { Inflicted } from './nemesis.ts';

/** A run, as it is written to a file. */
export interface FaultReport {
  readonly seed: number;
  readonly minutes: number;
  readonly leadsPerSecond: number;
  readonly faults: number;
  readonly abortedByOthers: number;
  readonly verdict: FaultVerdict;
  readonly recovery: readonly RecoveryRow[];
  /** Resident memory by member at the run's begin and end, MiB. */
  readonly memoryMb: Readonly<Record<string, readonly [begin: number, end: number]>>;
  /** What the judge found wrong, in words. */
  readonly found: readonly string[];
  /** That, hangs, and faults that could not be made; none: all is as it should be. */
  readonly problems: readonly string[];
}

/** How often a fault was inflicted, and how long the stream took to catch up. Milliseconds. */
export interface RecoveryRow {
  readonly fault: string;
  readonly times: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** By fault, the slowest to recover from first. A hang counts as the limit. */
export function summariseRecovery(inflicted: readonly Inflicted[], limitMs: number): RecoveryRow[] {
  return Array.from(
    Map.groupBy(inflicted, ({ fault }) => fault),
    ([fault, ofFault]) => {
      const times = ofFault.map(({ recoveryMs }) => recoveryMs ?? limitMs).sort((a, b) => a - b);
      return {
        fault,
        times: times.length,
        medianMs: times[Math.floor(times.length / 2)] ?? 0,
        longestMs: times.at(-1) ?? 0,
      };
    },
  ).sort((a, b) => b.longestMs - a.longestMs);
}

/** The report as Markdown. */
export function renderReport(report: FaultReport): string[] {
  const { verdict } = report;
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  return [
    '',
    '| fault | times | recovery, median s | longest s |',
    '| --- | --: | --: | --: |',
    ...report.recovery.map(
      ({ fault, times, medianMs, longestMs }) =>
        `| ${fault} | ${times} | ${seconds(medianMs)} | ${seconds(longestMs)} |`,
    ),
    '',
    '| role | scores | dead letters | lost | twice | of aborted leads | wrong partition | out of order | after the offset |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...Object.entries(verdict.roles).map(
      ([role, of]) =>
        `| ${role} | ${of.scores} | ${of.deadLetters} | ${of.lost} | ${of.duplicates} | ${of.phantoms} | ${of.wrongPartition} | ${of.outOfOrder} | ${of.uncommitted} |`,
    ),
    '',
    `${report.faults} faults in ${report.minutes.toFixed(1)} minutes (seed ${report.seed}); ${verdict.leads} leads, ` +
      `${report.abortedByOthers} of aborted transactions beside; ${verdict.hangingTransactions} hanging transactions`,
    ...report.problems.map((problem) => `✗ ${problem}`),
    report.problems.length === 0 ? '✓ each lead answered exactly once by each role' : '✗ not exactly once',
  ];
}
