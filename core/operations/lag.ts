import type { LimitedValue } from '../drift/limit-result.ts';
import type { CompleteOperationsPolicy } from '../policy/operations-defaults.ts';
import { countDeadLetters, type OperationalWindow } from './operational-window.ts';

/**
 * Seconds that it takes to score what waits, at the window's own rate; where none was read, as if one had been. Fewer than
 * the minimum sample are no lag: a transactional producer's markers count as waiting records for ever.
 */
export function lagSeconds(
  leadsWaiting: number,
  handled: number,
  lengthMs: number,
  minimumSample: number,
): number {
  return leadsWaiting < minimumSample ? 0 : (leadsWaiting / Math.max(1, handled)) * (lengthMs / 1000);
}

/** Leads come faster than they are scored, by how long it takes to score what waits. */
export function lag(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const handled = window.scored + countDeadLetters(window);
  const leadsWaiting = window.leadsWaiting ?? 0;
  return {
    signal: 'lag',
    subject: 'scorer',
    statistic: 'seconds_of_work',
    value: lagSeconds(leadsWaiting, handled, window.lengthMs, policy.minimumSample),
    limits: policy.lagSeconds,
    sampleSize: leadsWaiting,
    enough: window.leadsWaiting !== null,
    detail: `${leadsWaiting} leads wait, ${handled} were read in the window`,
  };
}
