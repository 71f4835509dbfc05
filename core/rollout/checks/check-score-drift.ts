import { psi } from '../../drift/psi.ts';
import { formatNumber } from '../../gate/condition.ts';
import type { CheckResult, CheckState } from '../evaluation.ts';
import { answer, answerNoLeads, answerUnmeasured, type CheckRequest } from './request.ts';

/** Scores of one version per bin of its reference. */
export interface ScoreBins {
  /** Of the leads that it was assigned. */
  readonly canary: readonly number[];
  /** In the shadow, of the leads that production kept in the same time. */
  readonly shadow: readonly number[];
}

/** How often at most chance alone passes the critical value, in one look. */
const ALPHA = 0.01;

/**
 * Whether a version says of its own leads what it says of production's: both are random halves of one stream, so its
 * scores should be distributed alike. By PSI, which fails only where it is above the limit and above what chance passes.
 */
export function checkScoreDrift(request: CheckRequest, { canary, shadow }: ScoreBins): CheckResult {
  const leads = sum(canary);
  const beside = sum(shadow);
  if (leads === 0) return answerNoLeads('score_drift', request);
  if (beside === 0) {
    const reason = `it has no shadow scores of production's leads to compare with: keep the version in Staging, with a shadow running (docs/shadow-and-backtest.md)`;
    return answerUnmeasured('score_drift', request, reason);
  }
  const { value, pValue } = psi(canary, shadow);
  const told = `PSI ${formatNumber(value)} between its scores of ${formatNumber(leads)} leads and its shadow scores of ${formatNumber(beside)} that production kept, ${formatNumber(request.limit)} is the limit`;
  const isEnough = Math.min(leads, beside) >= request.minimumSample;
  return answer('score_drift', request, {
    state: isEnough ? judge(value, pValue, request.limit) : 'inconclusive',
    value,
    sample: leads,
    detail: isEnough ? told : `${told}; ${request.minimumSample} leads are wanted on either side`,
  });
}

function judge(value: number, pValue: number, limit: number): CheckState {
  if (value <= limit) return 'success';
  return pValue < ALPHA ? 'failure' : 'inconclusive';
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
