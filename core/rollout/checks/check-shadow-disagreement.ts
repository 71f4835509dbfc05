import { formatNumber, formatPercent } from '../../gate/condition.ts';
import type { CheckResult } from '../evaluation.ts';
import { judgeShare } from './judge-share.ts';
import { answer, answerNoLeads, answerUnmeasured, type CheckRequest, describeWanted } from './request.ts';

/** Lead events that one version scored twice: as the canary, and in the shadow. */
export interface OwnPairs {
  /** Events that the canary scored. */
  readonly scored: number;
  /** Of these, events that its shadow has scored too. */
  readonly pairs: number;
  /** Of the pairs, those whose scores are more than 1e-6 apart. */
  readonly different: number;
}

/**
 * Whether a version says the same of an event wherever it runs. It should, to the last digit: another score means that
 * the two processes don't run the same model on the same input.
 */
export function checkShadowDisagreement(
  request: CheckRequest,
  { scored, pairs, different }: OwnPairs,
): CheckResult {
  if (scored === 0) return answerNoLeads('shadow_disagreement', request);
  if (pairs === 0) {
    const reason = `none of its ${formatNumber(scored)} scores has a shadow score beside it: keep the version in Staging, with a shadow running (docs/shadow-and-backtest.md)`;
    return answerUnmeasured('shadow_disagreement', request, reason);
  }
  const value = different / pairs;
  const told = `${formatNumber(different)} of ${formatNumber(pairs)} scores (${formatPercent(value)}) differ from its own shadow's of the same event`;
  return answer('shadow_disagreement', request, {
    state: judgeShare(different, pairs, request),
    value,
    sample: pairs,
    detail: `${told}, ${formatPercent(request.limit)} is the limit${describeWanted(pairs, request)}`,
  });
}
