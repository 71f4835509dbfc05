import type { CompletePolicy } from '../policy/defaults.ts';
import type { ShadowReport } from '../shadow/report.ts';
import { formatNumber, formatPercent, type GateCondition } from './condition.ts';

type GatePolicy = CompletePolicy['gate'];
const DAY_MS = 86_400_000;

/** Production scores and the candidate says nothing: that is an alarm, not a want of data. */
export function checkShadowSide({ coverage }: ShadowReport): GateCondition {
  const { pairs, production } = coverage;
  const common = { name: 'shadow_side', value: pairs, limit: 1, sample: production } as const;
  if (pairs > 0) return { ...common, state: 'pass', detail: `${formatNumber(pairs)} pairs` };
  if (production === 0)
    return { ...common, state: 'insufficient_data', detail: 'production has scored nothing either' };
  const detail = `production has ${formatNumber(production)} scores and the candidate none beside them`;
  return { ...common, state: 'fail', detail };
}

/** Event time, so that a replay of years in a minute is years. */
export function checkTime({ period, coverage }: ShadowReport, { minimumTimeMs }: GatePolicy): GateCondition {
  const value = period?.days ?? 0;
  const limit = minimumTimeMs / DAY_MS;
  return {
    name: 'time',
    state: value >= limit ? 'pass' : 'insufficient_data',
    value,
    limit,
    sample: coverage.pairs,
    detail: `the pairs span ${formatNumber(value)} days of event time, ${formatNumber(limit)} are wanted`,
  };
}

/** Few pairs tell nothing. */
export function checkSample({ coverage }: ShadowReport, { minimumSample }: GatePolicy): GateCondition {
  const { pairs } = coverage;
  return {
    name: 'sample',
    state: pairs >= minimumSample ? 'pass' : 'insufficient_data',
    value: pairs,
    limit: minimumSample,
    sample: pairs,
    detail: `${formatNumber(pairs)} pairs, ${formatNumber(minimumSample)} are wanted`,
  };
}

/** Leads that the candidate doesn't score may be just those that it is bad at. */
export function checkCoverage({ coverage }: ShadowReport, policy: GatePolicy): GateCondition {
  const { share, production, pairs } = coverage;
  const common = { name: 'coverage', value: share, limit: policy.coverage, sample: production } as const;
  if (share === null) return { ...common, state: 'insufficient_data', detail: 'no score of production' };
  const told = `${formatNumber(pairs)} of production's ${formatNumber(production)} scores have a pair (${formatPercent(share)})`;
  const reasons = describeUnpaired(coverage.unpaired);
  return {
    ...common,
    state: share >= policy.coverage ? 'pass' : 'fail',
    detail: reasons === '' ? told : `${told}; ${reasons}`,
  };
}

function describeUnpaired(unpaired: ShadowReport['coverage']['unpaired']): string {
  const reasons: readonly (readonly [number, string])[] = [
    [unpaired.deadLettered, 'dead letters of the candidate'],
    [unpaired.shadowLag, 'not reached by it yet'],
    [unpaired.notIngested, 'not in ClickHouse yet'],
    [unpaired.unexplained, 'missing without a reason'],
  ];
  return reasons
    .filter(([count]) => count > 0)
    .map(([count, reason]) => `${formatNumber(count)} ${reason}`)
    .join(', ');
}
