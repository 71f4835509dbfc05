import type { CompletePolicy } from '../policy/defaults.ts';
import type { Candidate, ShadowReport, Version } from '../shadow/report.ts';
import { checkImprovement } from './check-improvement.ts';
import { checkCoverage, checkSample, checkShadowSide, checkTime } from './check-pairs.ts';
import { checkEdgeCases, checkFailures, checkInference, checkNotFinite } from './check-service.ts';
import type { GateCondition, GateState, GoldenCheck } from './condition.ts';

/** What the gate says of a candidate; goes into the evidence of the decision about it. */
export interface GateResult {
  readonly candidate: Candidate;
  readonly production: Version | null;
  /** Fails if any condition does, else wants data if any does. */
  readonly state: GateState;
  readonly conditions: readonly GateCondition[];
  /** Epoch milliseconds. */
  readonly evaluatedAtMs: number;
}

/** Holds a report against the policy of the candidate's model; it passes only if every condition does. */
export function evaluateGate(
  report: ShadowReport,
  policy: CompletePolicy['gate'],
  golden: GoldenCheck,
  evaluatedAtMs: number,
): GateResult {
  const conditions = [
    checkShadowSide(report),
    checkTime(report, policy),
    checkSample(report, policy),
    checkCoverage(report, policy),
    checkNotFinite(report),
    checkFailures(report),
    checkInference(report, policy),
    checkEdgeCases(golden),
    checkImprovement(report, policy),
  ];
  const { candidate, production } = report;
  return { candidate, production, state: worstOf(conditions), conditions, evaluatedAtMs };
}

function worstOf(conditions: readonly GateCondition[]): GateState {
  if (conditions.some(({ state }) => state === 'fail')) return 'fail';
  return conditions.every(({ state }) => state === 'pass') ? 'pass' : 'insufficient_data';
}
