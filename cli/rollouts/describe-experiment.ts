import type { AlwaysValidBound } from '@scoreline/core/experiment/always-valid.ts';
import type { Comparison, ComparisonState } from '@scoreline/core/experiment/compare-arms.ts';
import type { ArmReport, ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { IntervalEstimate } from '@scoreline/core/experiment/interval-estimate.ts';
import type { ExperimentVerdict } from '@scoreline/core/experiment/verdict.ts';
import { formatNumber, formatPercent } from '@scoreline/core/gate/condition.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Version } from '@scoreline/core/shadow/report.ts';
import { describeRolloutStatus, formatTime } from '@scoreline/runtime/rollouts/words.ts';
import { renderTables, type Table } from '../reports/table.ts';

const NONE = '–';

/** An A/B test for people: the verdict with its reason first, then what it was reached from. */
export function describeExperiment(rollout: Rollout, report: ExperimentReport): string[] {
  const { id, startedAtMs } = rollout;
  return [
    `${id} is ${describeRolloutStatus(rollout)}, since ${formatTime(startedAtMs)}: ${describeVerdict(report.verdict)}`,
    report.verdict.why,
    '',
    ...renderTables([armTable(report), comparisonTable(report)], 'text').slice(0, -1),
  ];
}

const VERDICTS: Record<ExperimentVerdict['kind'], string> = {
  winner: 'WINNER',
  worse: 'the treatments are worse',
  no_difference_yet: 'no difference yet',
  stopped: 'STOPPED: not to be read',
  too_little_data: 'too little data yet',
};

function describeVerdict(verdict: ExperimentVerdict): string {
  const word = VERDICTS[verdict.kind];
  return verdict.kind === 'winner' ? `${word} ${nameOf(verdict.arm)}` : word;
}

function armTable({ arms, plan, sampleRatio }: ExperimentReport): Table {
  const rows = arms.map((arm, i) => [
    `${nameOf(arm)}${arm.isControl ? ' (control)' : ''}`,
    formatPercent(arm.share),
    `${formatNumber(arm.exposed)} (${formatNumber(Math.round(sampleRatio.expected[i] ?? 0))})`,
    formatNumber(arm.failures),
    formatNumber(arm.leads),
    formatNumber(arm.conversions),
    interval(arm.conversion, formatPercent),
    interval(arm.revenuePerLead, formatNumber),
  ]);
  const p = formatNumber(sampleRatio.pValue);
  return {
    title: 'Arms',
    columns: withoutRevenue(arms) ? COLUMNS.slice(0, -1) : COLUMNS,
    rows: withoutRevenue(arms) ? rows.map((row) => row.slice(0, -1)) : rows,
    notes: [
      `sample ratio: p = ${p}, ${sampleRatio.isMismatch ? 'NOT as planned' : 'as planned'}`,
      `intervals: ${formatPercent(1 - plan.alpha)}, each valid for one look`,
    ],
  };
}

const COLUMNS = [
  'version',
  'share',
  'leads (planned)',
  'not scored',
  'mature',
  'converted',
  'rate',
  'revenue / lead',
];

function withoutRevenue(arms: readonly ArmReport[]): boolean {
  return arms.every(({ revenuePerLead }) => revenuePerLead === null);
}

const STATES: Record<ComparisonState, string> = {
  better: '✓ better',
  worse: '✗ worse',
  undecided: '… undecided',
  too_little_data: '… wants data',
};

function comparisonTable({ comparisons, arms }: ExperimentReport): Table {
  const control = arms.find(({ isControl }) => isControl);
  const columns = ['always-valid bound', 'difference', 'relative', 'p, one look'];
  const rows = comparisons.flatMap((comparison) => [
    [`${nameOf(comparison.treatment)}, conversion`, STATES[comparison.state], ...conversionCells(comparison)],
    ...revenueRow(comparison),
  ]);
  return {
    title: `Beside ${control === undefined ? 'the control' : nameOf(control)}`,
    columns: ['', 'state', ...columns],
    rows,
    notes: [
      'the always-valid bound may be looked at as often as one likes, and decides; the others are valid for one look',
      ...comparisons.flatMap(describeToGo),
    ],
  };
}

function conversionCells({ conversion }: Comparison): string[] {
  if (conversion === null) return [NONE, NONE, NONE, NONE];
  const { alwaysValid, difference, lift, fixedHorizonPValue } = conversion;
  return [
    bound(alwaysValid, points),
    interval(difference, points),
    interval(lift, signedPercent),
    formatNumber(fixedHorizonPValue),
  ];
}

function revenueRow({ treatment, revenuePerLead }: Comparison): string[][] {
  if (revenuePerLead === null) return [];
  const { alwaysValid, difference } = revenuePerLead;
  const cells = [bound(alwaysValid, formatNumber), interval(difference, formatNumber), NONE, NONE];
  return [[`${nameOf(treatment)}, revenue / lead`, '', ...cells]];
}

function describeToGo({ treatment, toGo }: Comparison): string[] {
  if (toGo === null) return [];
  const days = toGo.days === null ? '' : `, ${formatNumber(Math.ceil(toGo.days))} d at the present rate`;
  return [`${nameOf(treatment)}: about ${formatNumber(toGo.leads)} more mature leads would tell${days}`];
}

type Format = (value: number) => string;

function interval(estimate: IntervalEstimate | null, format: Format): string {
  if (estimate === null) return NONE;
  return `${format(estimate.value)} (${format(estimate.low)} to ${format(estimate.high)})`;
}

function bound(given: AlwaysValidBound | null, format: Format): string {
  return given === null ? NONE : `${format(given.low)} to ${format(given.high)}`;
}

function points(difference: number): string {
  return `${sign(difference)}${Number((100 * difference).toFixed(2))} pt`;
}

function signedPercent(share: number): string {
  return `${sign(share)}${formatPercent(share)}`;
}

function sign(value: number): string {
  return value < 0 ? '' : '+';
}

function nameOf({ model, version }: Version): string {
  return `${model}@${version}`;
}
