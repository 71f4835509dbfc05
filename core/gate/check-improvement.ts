import type { CompletePolicy } from '../policy/defaults.ts';
import type { Estimate } from '../shadow/interval.ts';
import type { ShadowReport } from '../shadow/report.ts';
import { formatNumber, formatPercent, type GateCondition } from './condition.ts';

type GatePolicy = CompletePolicy['gate'];

/** A relative change, and the limit that it has to reach. */
interface Change {
  readonly what: string;
  readonly estimate: Estimate;
  readonly limit: number;
}

/**
 * Better by the policy's limit in AUC or in the KPI, on mature labels: the effect reaches the limit and its interval
 * lies above 0. An effect that chance alone may have made is `insufficient_data`; one below the limit fails.
 */
export function checkImprovement(report: ShadowReport, policy: GatePolicy): GateCondition {
  const sample = report.labels.labelled;
  const none = { name: 'improvement', value: null, limit: policy.aucImprovement, sample } as const;
  if (sample < policy.minimumSample) {
    const detail = `${formatNumber(sample)} pairs have a mature label, ${formatNumber(policy.minimumSample)} are wanted`;
    return { ...none, state: 'insufficient_data', detail };
  }
  const changes = changesOf(report, policy);
  const best = changes.toSorted((a, b) => rankOf(b) - rankOf(a))[0];
  if (best === undefined) return { ...none, state: 'insufficient_data', detail: 'nothing to measure it by' };
  return {
    name: 'improvement',
    state: stateOf(best),
    value: best.estimate.value,
    limit: best.limit,
    sample,
    detail: changes.map(describe).join('; '),
  };
}

function changesOf({ comparison }: ShadowReport, policy: GatePolicy): readonly Change[] {
  const changes: Change[] = [];
  const auc = comparison?.auc;
  if (auc) {
    const by = auc.production.value;
    const relative = (value: number | null): number | null => (value === null ? null : value / by);
    const { value, low, high } = auc.difference;
    changes.push({
      what: 'AUC',
      estimate: { value: value / by, low: relative(low), high: relative(high) },
      limit: policy.aucImprovement,
    });
  }
  const kpi = comparison?.top?.improvement;
  if (kpi)
    changes.push({
      what: `${comparison.kpi} of the top decile`,
      estimate: kpi,
      limit: policy.kpiImprovement,
    });
  return changes;
}

function stateOf({ estimate, limit }: Change): GateCondition['state'] {
  if (estimate.value < limit) return 'fail';
  return estimate.low !== null && estimate.low > 0 ? 'pass' : 'insufficient_data';
}

const RANKS = { fail: 0, insufficient_data: 1, pass: 2 } as const;

/** By state, then by how much of its limit it reaches. */
function rankOf(change: Change): number {
  const reached = change.limit === 0 ? change.estimate.value : change.estimate.value / change.limit;
  return 1e6 * RANKS[stateOf(change)] + Math.max(-1e5, Math.min(1e5, reached));
}

function describe({ what, estimate, limit }: Change): string {
  const { value, low, high } = estimate;
  const between = low === null || high === null ? '' : ` (${signed(low)} to ${signed(high)})`;
  return `${what} ${signed(value)}${between}, wanted ${signed(limit)}`;
}

function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${formatPercent(share)}`;
}
