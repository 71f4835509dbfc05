import type { Policy } from '@scoreline/core/contracts/policy.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';

/**
 * Asks for smaller drifts in smaller windows. A thin stream is summed until it says something, in windows of two, four
 * and eight hours; Wasserstein, of which the rank sum test knows, is in KS's place, whose sample is its own floor. A
 * tenth of the significance, as a cycle is a drift to every p; shares are asked for less, as none takes a cycle for a
 * drift so easily. Levels are an enumeration. What is then still too much is the knob's to say.
 */
const SENSITIVE_POLICY: Policy = {
  windows: { sizes: ['PT1H', 'PT2H', 'PT4H', 'PT8H', 'P1D', 'P1W'] },
  drift: {
    alarm_on: ['psi', 'wasserstein', 'chi2', 'mahalanobis', 'weighted_share'],
    minimum_sample: 50,
    alpha: 0.001,
    shares: { alpha: 0.03, critical_p: 1e-4 },
    levels: 'complete',
    wasserstein: { warning: 0.4, critical: 0.7 },
    multivariate: { warning: 0.4, critical: 0.6 },
    missing_rate: { warning: 0.03, critical: 0.2 },
    new_category: { warning: 0.0005, critical: 0.05 },
  },
};

const outcome = completePolicy(SENSITIVE_POLICY);
if (!outcome.ok) throw new Error(outcome.problems.join('; '));

/** The same with everything said. */
export const COMPLETE_SENSITIVE_POLICY: CompletePolicy = outcome.policy;
