import { formatNumber, formatPercent } from '../../gate/condition.ts';
import type { CheckResult, CheckState } from '../evaluation.ts';
import { judgeShare } from './judge-share.ts';
import { answer, answerNoLeads, type CheckRequest, describeWanted } from './request.ts';

/** Leads that were assigned to a treatment, each counted once however many events it had. */
export interface AssignedLeads {
  readonly leads: number;
  /** Those with an event that production had to score, as the treatment could not. */
  readonly failed: number;
  /** Of these, those at which its inference threw. */
  readonly threw: number;
  /** Those that came while an instance didn't have it in memory: nothing is known of how it would have scored them. */
  readonly unavailable: number;
}

/**
 * Whether a treatment can score its leads. By lead, not by event: one that comes again and again with what the
 * treatment can't score is one failure.
 */
export function checkErrorRate(request: CheckRequest, assigned: AssignedLeads): CheckResult {
  const { leads, failed, threw, unavailable } = assigned;
  if (leads === 0) return answerNoLeads('error_rate', request);
  const value = failed / leads;
  const told = `${formatNumber(failed)} of its ${formatNumber(leads)} leads (${formatPercent(value)}) had to be scored by production`;
  return answer('error_rate', request, {
    state: judge(request, assigned),
    value,
    sample: leads,
    detail: `${told}, ${formatPercent(request.limit)} is the limit${describeThrown(threw)}${describeUnavailable(unavailable)}${describeWanted(leads, request)}`,
  });
}

/** An inference that throws would stop the scorer, were it production's: one is too many. */
function judge(request: CheckRequest, { leads, failed, threw, unavailable }: AssignedLeads): CheckState {
  if (threw > 0) return 'failure';
  const state = judgeShare(failed, leads, request);
  return state === 'success' && unavailable / leads > request.limit ? 'inconclusive' : state;
}

function describeThrown(leads: number): string {
  return leads === 0
    ? ''
    : `; its inference threw at ${formatNumber(leads)} of them, which in Production would stop the scorer`;
}

function describeUnavailable(leads: number): string {
  return leads === 0 ? '' : `; ${formatNumber(leads)} came while it was not in memory on some instance`;
}
