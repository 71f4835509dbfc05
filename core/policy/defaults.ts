import type { GatePolicy, Levels, Policy, WindowsPolicy } from '../contracts/policy.ts';
import {
  completeCost,
  type CompleteCostPolicy,
  completeOperations,
  type CompleteOperationsPolicy,
} from './operations-defaults.ts';
import { completePerformance, type CompletePerformancePolicy } from './performance-defaults.ts';
import { completePrivacy, type CompletePrivacyPolicy } from './privacy-defaults.ts';
import {
  completeExperiment,
  type CompleteExperimentPolicy,
  completeRollout,
  type CompleteRolloutPolicy,
} from './rollout-defaults.ts';
import { type CompleteAlertsPolicy, completeAlerts } from './alerts-defaults.ts';
import { completeReports, type CompleteReportsPolicy } from './reports-defaults.ts';
import { completeRetraining, type CompleteRetrainingPolicy } from './retraining-defaults.ts';
import { type CompleteDriftPolicy, completeDrift } from './drift-defaults.ts';
import { seasonProblems } from './reference-defaults.ts';
import { readDuration, readDurations, readLevels, readSpan } from './read-values.ts';
import { type Duration, divides } from '../windows/duration.ts';

/** A policy with nothing left to decide: defaults filled in, durations read. Spans are in milliseconds. */
export interface CompletePolicy {
  /** How much is asked of a finding before it counts: `strict` asks for larger drift and fewer errors. */
  readonly profile: 'lax' | 'strict';
  readonly windows: {
    readonly base: Duration;
    readonly sizes: readonly Duration[];
    readonly alertOn: readonly Duration[];
    readonly allowedLatenessMs: number;
    readonly idleAfterMs: number;
  };
  readonly drift: CompleteDriftPolicy;
  readonly alerts: CompleteAlertsPolicy;
  readonly outcomes: { readonly horizonMs: number; readonly withoutOutcome: 'negative' | 'unknown' };
  readonly shadow: { readonly bandFlipShare: Levels };
  /** Whether a passed gate approves a promotion by itself. */
  readonly approval: 'required' | 'automatic';
  /** What a candidate has to show before it may be promoted; ratios and shares, not percent. */
  readonly gate: {
    readonly minimumTimeMs: number;
    readonly minimumSample: number;
    readonly coverage: number;
    readonly aucImprovement: number;
    readonly kpiImprovement: number;
    readonly inferenceRatio: number;
  };
  readonly rollout: CompleteRolloutPolicy;
  readonly experiment: CompleteExperimentPolicy;
  readonly operations: CompleteOperationsPolicy;
  readonly cost: CompleteCostPolicy | null;
  readonly performance: CompletePerformancePolicy;
  readonly privacy: CompletePrivacyPolicy;
  readonly retraining: CompleteRetrainingPolicy;
  readonly reports: CompleteReportsPolicy;
}

/** Either a complete policy or every problem it has, each naming its place and what would be right. */
export type PolicyOutcome =
  | { readonly ok: true; readonly policy: CompletePolicy }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Fills in every default and checks what JSON Schema can't: the base divides each size, `alert_on` is among the
 * sizes, no warning above its critical, `fire_after` within `within`. An empty policy is a good one.
 */
export function completePolicy(policy: Policy): PolicyOutcome {
  const problems: string[] = [];
  const windows = completeWindows(policy.windows ?? {}, problems);
  const complete: CompletePolicy = {
    profile: policy.profile ?? 'lax',
    windows,
    drift: completeDrift(policy, problems),
    alerts: completeAlerts(policy, (place, text) => readSpan(place, text, problems), problems),
    outcomes: {
      horizonMs: readSpan('outcomes.horizon', policy.outcomes?.horizon ?? 'P30D', problems),
      withoutOutcome: policy.outcomes?.without_outcome ?? 'unknown',
    },
    shadow: {
      bandFlipShare: readLevels(
        'shadow.band_flip_share',
        policy.shadow?.band_flip_share,
        [0.2, 0.4],
        problems,
      ),
    },
    approval: policy.approval ?? 'required',
    gate: completeGate(policy.gate ?? {}, problems),
    rollout: completeRollout(
      policy.rollout ?? {},
      (place, text) => readSpan(place, text, problems),
      problems,
    ),
    experiment: completeExperiment(policy),
    operations: completeOperations(policy, problems),
    cost: completeCost(policy, problems),
    performance: completePerformance(policy, windows, problems),
    privacy: completePrivacy(policy.privacy ?? {}),
    retraining: completeRetraining(policy.retraining ?? {}, problems),
    reports: completeReports(policy.reports ?? {}, problems),
  };
  const { drift } = complete;
  problems.push(...seasonProblems('drift.reference', drift.reference, windows.sizes));
  for (const [i, { reference }] of drift.segments.entries()) {
    problems.push(...seasonProblems(`drift.segments[${i}].reference`, reference, windows.sizes));
  }
  return problems.length === 0 ? { ok: true, policy: complete } : { ok: false, problems };
}

function completeWindows(windows: WindowsPolicy, problems: string[]): CompletePolicy['windows'] {
  const base = readDuration('windows.base', windows.base ?? 'PT1H', problems);
  const sizes = readDurations('windows.sizes', windows.sizes ?? ['PT1H', 'P1D', 'P1W'], problems);
  const alertOn = windows.alert_on ? readDurations('windows.alert_on', windows.alert_on, problems) : sizes;
  for (const size of sizes) {
    if (divides(base, size)) continue;
    problems.push(`windows.sizes: ${size.text} is no whole number of ${base.text} windows (windows.base)`);
  }
  for (const size of alertOn) {
    if (sizes.some((known) => known.text === size.text)) continue;
    problems.push(`windows.alert_on: ${size.text} is not among windows.sizes`);
  }
  return {
    base,
    sizes,
    alertOn,
    allowedLatenessMs: readSpan('windows.allowed_lateness', windows.allowed_lateness ?? 'PT10M', problems),
    idleAfterMs: readSpan('windows.idle_after', windows.idle_after ?? 'PT30S', problems),
  };
}

function completeGate(gate: GatePolicy, problems: string[]): CompletePolicy['gate'] {
  return {
    minimumTimeMs: readSpan('gate.minimum_time', gate.minimum_time ?? 'P14D', problems),
    minimumSample: gate.minimum_sample ?? 1_000,
    coverage: gate.coverage ?? 0.99,
    aucImprovement: gate.auc_improvement ?? 0.02,
    kpiImprovement: gate.kpi_improvement ?? 0.05,
    inferenceRatio: gate.inference_ratio ?? 5,
  };
}
