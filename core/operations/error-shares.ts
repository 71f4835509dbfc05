import type { LimitedValue } from '../drift/limit-result.ts';
import type { CompleteOperationsPolicy } from '../policy/operations-defaults.ts';
import { countDeadLetters, type OperationalWindow } from './operational-window.ts';

const CODES_TOLD = 3;

/** Dead letters among all events, with their most frequent codes. */
export function deadLetterShare(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const deadLetters = countDeadLetters(window);
  const codes = Object.entries(window.deadLetterCodes)
    .toSorted(([codeA, a], [codeB, b]) => b - a || (codeA < codeB ? -1 : 1))
    .slice(0, CODES_TOLD)
    .map(([code, count]) => `${count} ${code}`);
  return share(window, policy, {
    subject: 'dead_letters',
    failed: deadLetters,
    detail: (events) =>
      `${deadLetters} dead letters among ${events} events${codes.length === 0 ? '' : `: ${codes.join(', ')}`}`,
  });
}

/**
 * Leads that a model failed on among all events: production's are dead letters (codes `model.…`), a rollout's version's are
 * fallbacks, whatever their code, since production scored those leads.
 */
export function modelFailureShare(window: OperationalWindow, policy: CompleteOperationsPolicy): LimitedValue {
  const dead = Object.entries(window.deadLetterCodes)
    .filter(([code]) => isModelFailure(code))
    .reduce((sum, [, count]) => sum + count, 0);
  const { fallbacks } = window;
  return share(window, policy, {
    subject: 'model_failures',
    failed: dead + fallbacks,
    detail: (events) =>
      `${dead} leads that production's model failed on and ${fallbacks} that a rollout's version could not score, among ${events} events`,
  });
}

/** Whether a dead letter's code says that the model failed, and not that the lead was bad. */
function isModelFailure(code: string): boolean {
  return code.startsWith('model.');
}

function share(
  window: OperationalWindow,
  policy: CompleteOperationsPolicy,
  what: {
    readonly subject: string;
    readonly failed: number;
    readonly detail: (events: number) => string;
  },
): LimitedValue {
  const events = window.scored + countDeadLetters(window);
  return {
    signal: 'error_rate',
    subject: what.subject,
    statistic: 'share',
    value: what.failed / Math.max(1, events),
    limits: policy.errorShare,
    sampleSize: events,
    enough: events >= policy.minimumSample,
    detail: what.detail(events),
  };
}
