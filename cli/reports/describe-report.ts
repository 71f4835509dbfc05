import { formatNumber, formatPercent } from '@scoreline/core/gate/condition.ts';
import type { Estimate } from '@scoreline/core/shadow/interval.ts';
import type { Failures, Quantiles, ShadowReport } from '@scoreline/core/shadow/report.ts';
import type { JudgedReport } from '@scoreline/runtime/reports/report-service.ts';
import type { Table } from './table.ts';

const STATES = { pass: '✓ pass', fail: '✗ FAIL', insufficient_data: '… wants data' } as const;

/** Reports as tables: all candidates side by side, then what each has of its own. */
export function describeReports(judged: readonly JudgedReport[]): Table[] {
  const reports = judged.map(({ report }) => report);
  return [
    overview(reports),
    ...judged.flatMap(({ report, gate }) => [
      ...bandTable(report),
      ...reliabilityTable(report),
      {
        title: `Gate of ${nameOf(report)}: ${STATES[gate.state]}`,
        columns: ['condition', 'state', 'measured'],
        rows: gate.conditions.map(({ name, state, detail }) => [
          name.replaceAll('_', ' '),
          STATES[state],
          detail,
        ]),
      },
    ]),
  ];
}

/** `bank-leads@1.1.0`, of a backtest with its run. */
export function nameOf({ candidate: { model, version, runId } }: ShadowReport): string {
  return `${model}@${version}${runId === null ? '' : ` (backtest ${runId})`}`;
}

function overview(reports: readonly ShadowReport[]): Table {
  const rows = ROWS.map(([label, cell]) => [label, ...reports.map(cell)]);
  return {
    title: 'Candidates beside production',
    columns: ['', ...reports.map(nameOf)],
    rows,
    notes: reports.flatMap((report) => [...alarms(report), ...sampling(report)]),
  };
}

type Cell = (report: ShadowReport) => string;
const NONE = '–';

const ROWS: readonly (readonly [string, Cell])[] = [
  ['production', ({ production }) => (production ? `${production.model}@${production.version}` : NONE)],
  [
    'event time',
    ({ period }) =>
      period
        ? `${period.from.slice(0, 10)} to ${period.to.slice(0, 10)} (${formatNumber(period.days)} days)`
        : NONE,
  ],
  ['production scores', ({ coverage }) => formatNumber(coverage.production)],
  [
    'pairs',
    ({ coverage }) =>
      `${formatNumber(coverage.pairs)}${coverage.share === null ? '' : ` (${formatPercent(coverage.share)})`}`,
  ],
  ['  without: dead letter', ({ coverage }) => formatNumber(coverage.unpaired.deadLettered)],
  ['  without: shadow lags', ({ coverage }) => formatNumber(coverage.unpaired.shadowLag)],
  ['  without: not ingested yet', ({ coverage }) => formatNumber(coverage.unpaired.notIngested)],
  ['  without: unexplained', ({ coverage }) => formatNumber(coverage.unpaired.unexplained)],
  ['before the candidate began', ({ coverage }) => formatNumber(coverage.beforeStart)],
  ['failures', ({ failures }) => describeFailures(failures.candidate)],
  ["  production's", ({ failures }) => describeFailures(failures.production)],
  ['inference µs, p50 / p95 / p99', ({ speed }) => quantiles(speed?.candidate.inferenceUs)],
  ["  production's", ({ speed }) => quantiles(speed?.production.inferenceUs)],
  ['latency ms, p50 / p95 / p99', ({ speed }) => quantiles(speed?.candidate.latencyMs)],
  ["  production's", ({ speed }) => quantiles(speed?.production.latencyMs)],
  ['Spearman', ({ comparison }) => number(comparison?.spearman)],
  ['mean difference', ({ agreement }) => number(agreement?.meanDifference)],
  ['mean absolute difference', ({ agreement }) => number(agreement?.meanAbsoluteDifference)],
  ['largest difference', ({ agreement }) => number(agreement?.maxAbsoluteDifference)],
  ['band flips', ({ agreement }) => (agreement ? formatPercent(agreement.bandFlipShare) : NONE)],
  [
    'top decile in common',
    ({ comparison }) =>
      comparison
        ? `${formatPercent(comparison.topOverlap.share)} of ${formatNumber(comparison.topOverlap.k)}`
        : NONE,
  ],
  [
    'mature labels',
    ({ labels }) => `${formatNumber(labels.labelled)} of ${formatNumber(labels.mature)} mature pairs`,
  ],
  ['conversions', ({ labels }) => formatNumber(labels.conversions)],
  ['AUC', ({ comparison }) => estimate(comparison?.auc?.candidate)],
  ["  production's", ({ comparison }) => estimate(comparison?.auc?.production)],
  ['  difference (DeLong)', ({ comparison }) => estimate(comparison?.auc?.difference)],
  ['lift, top decile', ({ comparison }) => estimate(comparison?.top?.lift?.candidate)],
  ["  production's", ({ comparison }) => estimate(comparison?.top?.lift?.production)],
  ['gain per lead of the top decile', (report) => describeGain(report, 'candidate')],
  ["  production's", (report) => describeGain(report, 'production')],
  ['  relative', ({ comparison }) => estimate(comparison?.top?.improvement)],
  ['Brier', ({ calibration }) => number(calibration?.candidate.brier)],
  ["  production's", ({ calibration }) => number(calibration?.production.brier)],
  ['calibration error (ECE)', ({ calibration }) => number(calibration?.candidate.expectedError)],
  ["  production's", ({ calibration }) => number(calibration?.production.expectedError)],
];

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : formatNumber(value);
}

function estimate(given: Estimate | null | undefined): string {
  if (!given) return NONE;
  const { value, low, high } = given;
  return low === null || high === null
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

function quantiles(given: Quantiles | null | undefined): string {
  return given ? [given.p50, given.p95, given.p99].map(formatNumber).join(' / ') : NONE;
}

function describeGain({ comparison }: ShadowReport, side: 'production' | 'candidate'): string {
  const gain = comparison?.top?.gain[side];
  return gain ? `${estimate(gain)} ${comparison.kpi}` : NONE;
}

function describeFailures({ count, codes }: Failures): string {
  if (count === 0) return '0';
  return `${formatNumber(count)}: ${codes.map((each) => `${each.code} ${formatNumber(each.count)}`).join(', ')}`;
}

function alarms(report: ShadowReport): string[] {
  const { production, pairs } = report.coverage;
  if (pairs > 0 || production === 0) return [];
  return [
    `ALARM: ${nameOf(report)} has no score beside ${formatNumber(production)} of production: is its shadow running?`,
  ];
}

function sampling(report: ShadowReport): string[] {
  const { pairs, of } = report.sample;
  if (pairs === of) return [];
  const what = 'Spearman, top decile, AUC, lift and gain';
  return [
    `${nameOf(report)}: ${what} are of an even sample of ${formatNumber(pairs)} of ${formatNumber(of)} pairs`,
  ];
}

function bandTable(report: ShadowReport): Table[] {
  if (report.agreement === null) return [];
  const { bands } = report.agreement;
  const names = [...new Set(bands.flatMap(({ production, candidate }) => [production, candidate]))].sort();
  const countOf = (production: string, candidate: string): number =>
    bands.find((cell) => cell.production === production && cell.candidate === candidate)?.count ?? 0;
  return [
    {
      title: `Bands: production's (rows) and ${nameOf(report)}'s (columns)`,
      columns: ['', ...names],
      rows: names.map((row) => [row, ...names.map((column) => formatNumber(countOf(row, column)))]),
    },
  ];
}

function reliabilityTable(report: ShadowReport): Table[] {
  if (report.calibration === null) return [];
  const { production, candidate } = report.calibration;
  const filled = [...new Set([...production.bins, ...candidate.bins].map(({ bin }) => bin))].sort(
    (a, b) => a - b,
  );
  const cell = (bins: typeof production.bins, bin: number): string => {
    const found = bins.find((each) => each.bin === bin);
    return found
      ? `${formatPercent(found.meanScore)} → ${formatPercent(found.observed)} of ${formatNumber(found.count)}`
      : NONE;
  };
  return [
    {
      title: `Calibration: mean score → share that converted`,
      columns: ['score', 'production', nameOf(report)],
      rows: filled.map((bin) => [
        `${bin / 10} to ${(bin + 1) / 10}`,
        cell(production.bins, bin),
        cell(candidate.bins, bin),
      ]),
    },
  ];
}
