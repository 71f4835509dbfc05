import type { FaultVerdict } from './judge/judge.ts';
import type { RowsVerdict } from './judge/judge-rows.ts';
import type { SoakVerdict } from './soak/soak.ts';
import { BOUNDS, type FaultKind, type Inflicted } from './nemesis.ts';

/** A run, as it is written to a file. */
export interface FaultReport {
  readonly seed: number;
  readonly minutes: number;
  readonly leadsPerSecond: number;
  /** Without those that were left out. */
  readonly faults: number;
  /** Faults that this machine could not be given, and why. */
  readonly skipped: readonly string[];
  readonly abortedByOthers: number;
  readonly verdict: FaultVerdict;
  readonly rows: RowsVerdict;
  readonly recovery: readonly RecoveryRow[];
  /** Of a soak alone. */
  readonly soak: SoakVerdict | undefined;
  /** Resident memory by member at the run's begin and end, MiB; of those that ran at both. */
  readonly memoryMb: Readonly<Record<string, readonly [begin: number, end: number]>>;
  /** What the judge found wrong, in words. */
  readonly found: readonly string[];
  /** Faults that the stream had not come back from after 90 seconds. */
  readonly hangs: readonly string[];
  /** That, hangs, faults that could not be made, and processes that ended without a fault's order; none: all is as it should be. */
  readonly problems: readonly string[];
}

/** How often a fault was inflicted, and how long the stream took to get past it. Milliseconds. */
export interface RecoveryRow {
  readonly fault: string;
  readonly kind: FaultKind;
  readonly times: number;
  readonly answered: { readonly medianMs: number; readonly longestMs: number };
  readonly stored: { readonly medianMs: number; readonly longestMs: number };
}

/** By fault, the slowest to be answered first. A hang counts as `hangMs`; what was left out isn't there. */
export function summariseRecovery(inflicted: readonly Inflicted[], hangMs: number): RecoveryRow[] {
  const made = inflicted.filter(({ skipped }) => skipped === undefined);
  return Array.from(
    Map.groupBy(made, ({ fault }) => fault),
    ([fault, ofFault]) => ({
      fault,
      kind: ofFault[0]?.kind ?? 'process',
      times: ofFault.length,
      answered: summarise(ofFault.map(({ answeredMs }) => answeredMs ?? hangMs)),
      stored: summarise(ofFault.map(({ storedMs }) => storedMs ?? hangMs)),
    }),
  ).sort((a, b) => b.answered.longestMs - a.answered.longestMs);
}

function summarise(tookMs: readonly number[]): RecoveryRow['answered'] {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, longestMs: sorted.at(-1) ?? 0 };
}

/** The report as Markdown. */
export function renderReport(report: FaultReport): string[] {
  const { verdict, rows } = report;
  return [
    '',
    ...renderRecovery(report.recovery),
    '',
    '| role | scores | dead letters | lost | twice | of aborted leads | wrong partition | out of order | after the offset |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...Object.entries(verdict.roles).map(
      ([role, of]) =>
        `| ${role} | ${of.scores} | ${of.deadLetters} | ${of.lost} | ${of.duplicates} | ${of.phantoms} | ${of.wrongPartition} | ${of.outOfOrder} | ${of.uncommitted} |`,
    ),
    '',
    '| ClickHouse, beside a drift in peace | rows | missing | too many | different |',
    '| --- | --: | --: | --: | --: |',
    ...rows.tables.map(
      (of) => `| ${of.table} | ${of.rows} | ${of.missing} | ${of.surplus} | ${of.different} |`,
    ),
    '',
    ...(report.soak === undefined ? [] : renderSoak(report.soak)),
    `${report.faults} faults in ${report.minutes.toFixed(1)} minutes (seed ${report.seed}); ${verdict.leads} leads, ` +
      `${report.abortedByOthers} of aborted transactions beside; ${verdict.hangingTransactions} hanging transactions`,
    ...report.skipped.map((what) => `∅ left out: ${what}`),
    ...report.problems.map((problem) => `✗ ${problem}`),
    report.problems.length === 0
      ? '✓ each lead answered exactly once by each role, each row and window as without faults'
      : '✗ not as without faults',
  ];
}

function renderSoak({ trends, latency }: SoakVerdict): string[] {
  const change = (first: number, last: number): string => `${first.toFixed(0)} → ${last.toFixed(0)}`;
  return [
    '| left alone | memory, MB | an hour | heap at its lowest, MB | handles | an hour | event loop p99, ms |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...trends.map(({ member, rssMb, heapMb, handles, loopDelayMs }) => {
      const cells = [
        member,
        change(rssMb.first, rssMb.last),
        rssMb.perHour.toFixed(0),
        change(heapMb.first, heapMb.last),
        change(handles.first, handles.last),
        handles.perHour.toFixed(0),
        change(loopDelayMs.first, loopDelayMs.last),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
    `p95 of a lead's latency, median of ${latency.p95Ms.length} minutes: first third ${latency.firstThirdMs.toFixed(0)} ms, last third ${latency.lastThirdMs.toFixed(0)} ms`,
    '',
  ];
}

function renderRecovery(recovery: readonly RecoveryRow[]): string[] {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  return [
    '| fault | times | answered, median s | longest s | bound s | stored, median s | longest s | bound s |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...recovery.map(({ fault, kind, times, answered, stored }) => {
      const { answeredMs, storedMs } = BOUNDS[kind];
      const cells = [
        fault,
        times,
        seconds(answered.medianMs),
        seconds(answered.longestMs),
        answeredMs / 1_000,
        seconds(stored.medianMs),
        seconds(stored.longestMs),
        storedMs / 1_000,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}
