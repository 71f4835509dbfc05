import type { OnFailure } from '../contracts/rollout-event.ts';
import type { VersionRef } from '../registry/version-ref.ts';

/** What is measured of a treatment. */
export const CHECK_NAMES = [
  'error_rate',
  'latency',
  'kpi',
  'score_drift',
  'shadow_disagreement',
  'sample_ratio',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/**
 * `success`: measured and good. `failure`: beyond its limit, and not by chance. `inconclusive`: too little to tell, or
 * it could not be measured. `advisory`: its outcomes mature later than the step ends, or chance alone explains them; it doesn't hold the rollout up,
 * and counts as soon as there are some.
 */
export type CheckState = 'success' | 'failure' | 'inconclusive' | 'advisory';

/** One measurement of one treatment beside its limit. */
export interface CheckResult {
  readonly name: CheckName;
  readonly treatment: VersionRef;
  readonly onFailure: OnFailure;
  readonly state: CheckState;
  /** Null where nothing could be measured. */
  readonly value: number | null;
  readonly limit: number;
  /** Leads behind the value. */
  readonly sample: number;
  /** The same in words. */
  readonly detail: string;
}

/** What is known of a rollout at a moment. */
export interface Evaluation {
  readonly atMs: number;
  readonly checks: readonly CheckResult[];
}

/**
 * The one answer: a failed guardrail is a `failure`; a failed signal is a `doubt` for a person; otherwise anything
 * inconclusive makes the whole `inconclusive`. No checks at all are a `success`: the plan wanted none.
 */
export type Verdict = 'success' | 'failure' | 'doubt' | 'inconclusive';

export function verdictOf({ checks }: Evaluation): Verdict {
  if (checks.some(({ state, onFailure }) => state === 'failure' && onFailure === 'roll_back'))
    return 'failure';
  if (checks.some(({ state }) => state === 'failure')) return 'doubt';
  return checks.some(({ state }) => state === 'inconclusive') ? 'inconclusive' : 'success';
}

/** What is left without the failed signals that a person has seen and waived. */
export function withoutWaived({ atMs, checks }: Evaluation, waived: readonly string[]): Evaluation {
  const isWaived = (check: CheckResult): boolean => isFailedSignal(check) && waived.includes(keyOf(check));
  return { atMs, checks: checks.filter((check) => !isWaived(check)) };
}

/** The failed signals of an evaluation that stands as JSON in an event; none where that is something else. */
export function readFailedSignals(evidence: string | null): readonly string[] {
  const checks = parseChecks(evidence);
  return checks.filter(isFailedSignal).map(keyOf);
}

function isFailedSignal({ state, onFailure }: Pick<CheckResult, 'state' | 'onFailure'>): boolean {
  return state === 'failure' && onFailure === 'pause';
}

function keyOf({ name, treatment }: Pick<CheckResult, 'name' | 'treatment'>): string {
  return `${name} ${treatment}`;
}

type Stored = Pick<CheckResult, 'name' | 'treatment' | 'state' | 'onFailure'>;

function parseChecks(evidence: string | null): readonly Stored[] {
  try {
    const { checks } = JSON.parse(evidence ?? '{}') as { readonly checks?: unknown };
    return Array.isArray(checks) ? (checks as readonly unknown[]).filter(isStored) : [];
  } catch {
    return [];
  }
}

function isStored(check: unknown): check is Stored {
  return typeof check === 'object' && check !== null && 'name' in check && 'state' in check;
}

/** The checks that make a verdict what it is, in words. */
export function describeVerdict(evaluation: Evaluation): string {
  const verdict = verdictOf(evaluation);
  const wanted = verdict === 'inconclusive' ? 'inconclusive' : 'failure';
  const named = evaluation.checks.filter(
    ({ state, onFailure }) => state === wanted && (verdict !== 'failure' || onFailure === 'roll_back'),
  );
  if (verdict === 'success') return 'every check is good';
  return named.map(({ name, treatment, detail }) => `${name} of ${treatment}: ${detail}`).join('; ');
}
