import type { Levels, Policy } from '../contracts/policy.ts';
import { readLevels } from './read-values.ts';
import { completeReference, type CompleteReferencePolicy } from './reference-defaults.ts';

/** What is called drift, with nothing left to decide. */
export interface CompleteDriftPolicy {
  readonly minimumSample: number;
  readonly alpha: number;
  readonly psi: Levels;
  readonly ks: Levels;
  readonly chi2: Levels;
  readonly missingRate: Levels;
  readonly newCategory: Levels;
  readonly ignore: ReadonlySet<string>;
  readonly reference: CompleteReferencePolicy;
}

/** Fills in the defaults of the policy's section `drift`; problems are added to `problems`. */
export function completeDrift({ profile, drift = {} }: Policy, problems: string[]): CompleteDriftPolicy {
  return {
    minimumSample: drift.minimum_sample ?? 200,
    alpha: drift.alpha ?? 0.01,
    psi: readLevels('drift.psi', drift.psi, profile === 'strict' ? [0.25, 0.5] : [0.2, 0.5], problems),
    ks: readLevels('drift.ks', drift.ks, [0.18, 0.3], problems),
    chi2: readLevels('drift.chi2', drift.chi2, [0.2, 0.35], problems),
    missingRate: readLevels('drift.missing_rate', drift.missing_rate, [0.05, 0.2], problems),
    newCategory: readLevels('drift.new_category', drift.new_category, [0.01, 0.05], problems),
    ignore: new Set(drift.ignore),
    reference: completeReference('drift.reference', drift.reference, problems),
  };
}
