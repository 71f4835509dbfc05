import type { Levels, Policy } from '../contracts/policy.ts';
import { CRITICAL_P } from './alerts-defaults.ts';
import { readLevels } from './read-values.ts';
import { completeReference, type CompleteReferencePolicy } from './reference-defaults.ts';
import { completeSegments, type CompleteSegmentPolicy } from './segment-defaults.ts';

/** What is asked of missing values and new categories, whose tests are exact. */
export interface CompleteSharesPolicy {
  readonly minimumSample: number;
  readonly alpha: number;
  /** An adjusted p below it fires at once. */
  readonly criticalP: number;
}

/** What is called drift, with nothing left to decide. */
export interface CompleteDriftPolicy {
  readonly minimumSample: number;
  readonly shares: CompleteSharesPolicy;
  readonly levels: 'sampled' | 'complete';
  readonly alpha: number;
  /** Statistics that may alarm; the others are computed, stored and told. */
  readonly alarmOn: ReadonlySet<string>;
  readonly psi: Levels;
  readonly kl: Levels;
  readonly js: Levels;
  readonly wasserstein: Levels;
  readonly ks: Levels;
  readonly chi2: Levels;
  readonly multivariate: Levels;
  readonly overall: Levels;
  readonly missingRate: Levels;
  readonly newCategory: Levels;
  readonly ignore: ReadonlySet<string>;
  readonly reference: CompleteReferencePolicy;
  readonly segments: readonly CompleteSegmentPolicy[];
}

/** KL, Jensen–Shannon and Wasserstein say what PSI and KS say, in other units: as alarms they would only repeat them. */
const ALARM_ON: readonly string[] = ['psi', 'ks', 'chi2', 'mahalanobis', 'weighted_share'];

/** Of fewer leads a single one is a share above 5 %. */
const SMALLEST_SHARES = 20;

/** Fills in the defaults of the policy's section `drift`; problems are added to `problems`. */
export function completeDrift(policy: Policy, problems: string[]): CompleteDriftPolicy {
  const { profile, drift = {} } = policy;
  const minimumSample = drift.minimum_sample ?? 200;
  const alpha = drift.alpha ?? 0.01;
  return {
    minimumSample,
    shares: completeShares(policy, minimumSample, alpha),
    levels: drift.levels ?? 'sampled',
    alpha,
    alarmOn: new Set(drift.alarm_on ?? ALARM_ON),
    psi: readLevels('drift.psi', drift.psi, profile === 'strict' ? [0.25, 0.5] : [0.2, 0.5], problems),
    kl: readLevels('drift.kl', drift.kl, [0.1, 0.25], problems),
    js: readLevels('drift.js', drift.js, [0.19, 0.3], problems),
    wasserstein: readLevels('drift.wasserstein', drift.wasserstein, [0.45, 0.7], problems),
    ks: readLevels('drift.ks', drift.ks, [0.18, 0.3], problems),
    chi2: readLevels('drift.chi2', drift.chi2, [0.2, 0.35], problems),
    multivariate: readLevels('drift.multivariate', drift.multivariate, [0.25, 0.6], problems),
    overall: readLevels('drift.overall', drift.overall, [0.3, 0.5], problems),
    missingRate: readLevels('drift.missing_rate', drift.missing_rate, [0.05, 0.2], problems),
    newCategory: readLevels('drift.new_category', drift.new_category, [0.01, 0.05], problems),
    ignore: new Set(drift.ignore),
    reference: completeReference('drift.reference', drift.reference, problems),
    segments: completeSegments(drift, problems),
  };
}

function completeShares(
  { drift: { shares = {} } = {}, alerts = {} }: Policy,
  minimumSample: number,
  alpha: number,
): CompleteSharesPolicy {
  return {
    minimumSample: shares.minimum_sample ?? Math.min(SMALLEST_SHARES, minimumSample),
    alpha: shares.alpha ?? alpha,
    criticalP: shares.critical_p ?? alerts.critical_p ?? CRITICAL_P,
  };
}
