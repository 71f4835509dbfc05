import type { Policy } from '@scoreline/core/contracts/policy.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';

/**
 * Asks for smaller drifts in smaller windows: Wasserstein, of which the rank sum test knows, in KS's place, whose
 * sample is its own floor; windows from 50 leads on; a single window suffices from a p of 1e-5 on, and only from .003
 * on does it count. What is then still too much is the knob's to say.
 */
export const SENSITIVE_POLICY: Policy = {
  drift: {
    alarm_on: ['psi', 'wasserstein', 'chi2', 'mahalanobis', 'weighted_share'],
    minimum_sample: 50,
    alpha: 0.003,
  },
  alerts: { critical_p: 1e-5 },
};

/** The same with everything said. */
export function sensitivePolicy(): CompletePolicy {
  const outcome = completePolicy(SENSITIVE_POLICY);
  if (!outcome.ok) throw new Error(outcome.problems.join('; '));
  return outcome.policy;
}
