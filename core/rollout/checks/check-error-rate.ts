import { formatNumber, formatPercent } from '../../gate/condition.ts';
import type { CheckResult } from '../evaluation.ts';
import { judgeShare } from './judge-share.ts';
import { answer, answerNoLeads, type CheckRequest, describeWanted } from './request.ts';

/** Leads that were assigned to a treatment, each counted once however many events it had. */
export interface AssignedLeads {
  readonly leads: number;
  /** Those with an event that production had to score, as the treatment could not. */
  readonly failed: number;
}

/**
 * Whether a treatment can score its leads. By lead, not by event: one that comes again and again with what the
 * treatment can't score is one failure.
 */
export function checkErrorRate(request: CheckRequest, { leads, failed }: AssignedLeads): CheckResult {
  if (leads === 0) return answerNoLeads('error_rate', request);
  const value = failed / leads;
  const told = `${formatNumber(failed)} of its ${formatNumber(leads)} leads (${formatPercent(value)}) had to be scored by production`;
  return answer('error_rate', request, {
    state: judgeShare(failed, leads, request),
    value,
    sample: leads,
    detail: `${told}, ${formatPercent(request.limit)} is the limit${describeWanted(leads, request)}`,
  });
}
