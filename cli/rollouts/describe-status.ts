import { formatNumber, formatPercent } from '@scoreline/core/gate/condition.ts';
import type { CheckName, CheckResult, Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import { isActive, type Rollout } from '@scoreline/core/rollout/state.ts';
import { describeStanding } from '@scoreline/runtime/rollouts/describe-standing.ts';
import type { RolloutStanding } from '@scoreline/runtime/rollouts/standing.ts';
import { describeRolloutStatus, formatTime } from '@scoreline/runtime/rollouts/words.ts';
import { renderTables, type Table } from '../reports/table.ts';

/** How a rollout stands, for somebody who was woken by it: what is so and what comes next, why, then the checks. */
export function describeStatus(standing: RolloutStanding): string[] {
  const { rollout, evaluation, next, traffic } = standing;
  const shares = traffic.map(({ ref, share }) => `${formatPercent(share)} ${ref}`);
  const tables = [...(evaluation === null ? [] : [checkTable(evaluation)]), decisionTable(rollout)];
  return [
    describeStanding(standing),
    ...(isActive(rollout) ? [`why:        ${next.because}`] : []),
    `leads:      ${shares.join(', ') || 'nothing is in Production'}`,
    `controller: ${describeController(standing)}`,
    '',
    ...renderTables(tables, 'text').slice(0, -1),
  ];
}

function describeController({ controller, revision }: RolloutStanding): string {
  const words = {
    present: () => (controller.state === 'present' ? `${controller.instances} running` : ''),
    absent: () => 'none is running',
    unknown: () => (controller.state === 'unknown' ? `not known (${controller.why})` : ''),
  };
  return `${words[controller.state]()}; the rollouts are at revision ${revision}`;
}

const STATES: Record<CheckResult['state'], string> = {
  success: '✓ good',
  failure: '✗ FAILS',
  inconclusive: '… wants data',
  advisory: '· advisory',
};

const ON_FAILURE: Record<CheckResult['onFailure'], string> = { roll_back: 'rolls back', pause: 'pauses' };

/** One row a check; whose, only where there are several. */
function checkTable({ atMs, checks }: Evaluation): Table {
  const isOfSeveral = new Set(checks.map(({ treatment }) => treatment)).size > 1;
  const columns = ['check', 'state', 'value', 'limit', 'leads', 'if it fails', ''];
  const rows = checks.map((check) => [
    check.name.replaceAll('_', ' '),
    STATES[check.state],
    check.value === null ? '–' : UNITS[check.name].value(check.value),
    UNITS[check.name].limit(check.limit),
    formatNumber(check.sample),
    ON_FAILURE[check.onFailure],
    check.detail,
  ]);
  return {
    title: `Checks, measured ${formatTime(atMs)}`,
    columns: isOfSeveral ? ['version', ...columns] : columns,
    rows: isOfSeveral ? rows.map((row, i) => [checks[i]?.treatment ?? '', ...row]) : rows,
    notes: checks.length === 0 ? ['the plan wants none'] : [],
  };
}

interface Unit {
  readonly value: (value: number) => string;
  readonly limit: (limit: number) => string;
}

const SHARE: Unit = { value: formatPercent, limit: (limit) => `≤ ${formatPercent(limit)}` };
const signed = (share: number): string => `${share < 0 ? '' : '+'}${formatPercent(share)}`;

/** Shares in percent; latency and KPI relative to the control; the index of drift and the probability as they are. */
const UNITS: Record<CheckName, Unit> = {
  error_rate: SHARE,
  shadow_disagreement: SHARE,
  latency: { value: signed, limit: (limit) => `≤ +${formatPercent(limit)}` },
  kpi: { value: signed, limit: (limit) => `≥ -${formatPercent(limit)}` },
  score_drift: { value: formatNumber, limit: (limit) => `≤ ${formatNumber(limit)}` },
  sample_ratio: { value: (p) => `p ${formatNumber(p)}`, limit: (limit) => `p ≥ ${formatNumber(limit)}` },
};

function decisionTable({ decisions }: Rollout): Table {
  return {
    title: 'Decisions',
    columns: ['revision', 'when', 'what', 'step', 'share', 'by', 'why'],
    rows: decisions.map(({ revision, atMs, type, step, share, actor, reason }) => [
      String(revision),
      formatTime(atMs),
      type.replace('_', ' '),
      String(step + 1),
      formatPercent(share),
      actor,
      reason,
    ]),
  };
}

/** All rollouts, the newest first. */
export function describeRollouts(rollouts: Iterable<Rollout>): string[] {
  const rows = [...rollouts]
    .reverse()
    .map((rollout) => [
      rollout.id,
      rollout.plan.kind === 'canary' ? 'canary' : 'A/B test',
      describeRolloutStatus(rollout),
      isActive(rollout) ? formatPercent(rollout.share) : '–',
      formatTime(rollout.startedAtMs),
      rollout.decisions.at(-1)?.actor ?? '',
      rollout.decisions.at(-1)?.reason ?? '',
    ]);
  if (rows.length === 0) return ['no rollout yet: scoreline rollout start <name@version> --reason …'];
  const columns = ['id', 'kind', 'status', 'share', 'started', 'last decision by', 'why'];
  return renderTables([{ title: 'Rollouts', columns, rows }], 'text').slice(0, -1);
}
