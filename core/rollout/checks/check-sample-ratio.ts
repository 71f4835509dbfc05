import { formatNumber, formatPercent } from '../../gate/condition.ts';
import type { CheckResult, CheckState } from '../evaluation.ts';
import { answer, answerUnmeasured, type CheckRequest, describeWanted } from './request.ts';
import { sequentialShareP } from './sequential-share.ts';

/** Who got the leads, each counted once, since the share is what it is. */
export interface LeadShares {
  /** Assigned to the treatment, those that it could not score included. */
  readonly treatment: number;
  /** Of the whole rollout, its control included. */
  readonly all: number;
  /** What the treatment should have of them, in (0, 1]. */
  readonly planned: number;
}

/** A treatment without a lead is silent where chance alone does that in less than one of a hundred rollouts. */
const SILENT_P = 0.01;

/**
 * Whether leads come to a treatment as planned. If they don't, some were lost in one arm more than in the other, and
 * those were hardly ordinary ones; one without any lead, though production has enough, is silent. Its p may be looked at
 * again and again. At a share of 1 every lead that production kept without a reason is one too many.
 */
export function checkSampleRatio(
  request: CheckRequest,
  { treatment, all, planned }: LeadShares,
): CheckResult {
  if (all === 0)
    return answerUnmeasured('sample_ratio', request, 'no lead came since the share is what it is');
  const value = sequentialShareP(treatment, all, planned);
  const isSilent =
    treatment === 0 && all >= request.minimumSample && Math.log1p(-planned) * all < Math.log(SILENT_P);
  const told = `it has ${formatNumber(treatment)} of ${formatNumber(all)} leads (${formatPercent(treatment / all)}), planned ${formatPercent(planned)}; p ${formatNumber(value)}, at least ${formatNumber(request.limit)} is wanted`;
  return answer('sample_ratio', request, {
    state: isSilent ? 'failure' : judge(value, treatment, request),
    value,
    sample: all,
    detail: isSilent ? `it is silent: ${told}` : `${told}${describeWanted(treatment, request)}`,
  });
}

function judge(p: number, treatment: number, { limit, minimumSample }: CheckRequest): CheckState {
  if (p < limit) return 'failure';
  return treatment >= minimumSample ? 'success' : 'inconclusive';
}
