import type { LimitedValue } from '../drift/limit-result.ts';
import type { CompleteOperationsPolicy } from '../policy/operations-defaults.ts';
import type { OperationalWindow } from './operational-window.ts';
import { areLeadsExpected } from './usual-leads.ts';

/** From here on a silent CRM is critical, as multiples of `silence_after`: it may have a reason that we don't know. */
const CRITICAL_AFTER = 4;

/**
 * The scorer is silent: leads wait, and no score comes. Without a minimum sample, since that there is none is the point.
 * It says nothing where no lead waits.
 */
export function scorerSilence(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const { lastScoreAtMs, nowMs, count } = window;
  const silentMs = lastScoreAtMs === null ? 0 : Math.max(0, nowMs - lastScoreAtMs);
  // A canary that has all leads leaves production silent, and nobody waits.
  const leadsWaiting = window.scored === 0 ? (window.leadsWaiting ?? 0) : 0;
  return {
    signal: 'throughput',
    subject: 'scores',
    statistic: 'silence_ms',
    value: silentMs,
    limits: { warning: policy.silenceAfterMs, critical: policy.silenceAfterMs },
    sampleSize: count,
    enough: lastScoreAtMs !== null && (leadsWaiting > 0 || silentMs <= policy.silenceAfterMs),
    detail: `no score for ${seconds(silentMs)} s while ${leadsWaiting} leads wait`,
  };
}

/**
 * The CRM is silent: nothing waits, and nothing has come for longer than `silence_after`, at an hour of the week (UTC) that
 * always had some. It says nothing at hours that had none, nor before four weeks are known.
 */
export function leadSilence(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const { lastLeadAtMs, nowMs, usual } = window;
  const silentMs = lastLeadAtMs === null ? 0 : Math.max(0, nowMs - lastLeadAtMs);
  const isKnown = lastLeadAtMs !== null && window.leadsWaiting === 0;
  const isStrange = usual !== null && areLeadsExpected(usual);
  return {
    signal: 'throughput',
    subject: 'leads',
    statistic: 'silence_ms',
    value: silentMs,
    limits: { warning: policy.silenceAfterMs, critical: CRITICAL_AFTER * policy.silenceAfterMs },
    sampleSize: window.scored,
    enough: isKnown && (isStrange || silentMs <= policy.silenceAfterMs),
    detail:
      usual === null
        ? `the last lead event came ${seconds(silentMs)} s before the window's end`
        : `no lead event for ${seconds(silentMs)} s and none waits; ${usual.weeksWithLeads} of the last ${usual.weeks} ` +
          `known weeks had some in the same ${seconds(policy.silenceAfterMs)} s of the week, ${usual.meanLeads.toFixed(1)} on average`,
  };
}

function seconds(timeMs: number): number {
  return Math.round(timeMs / 1000);
}
