import type { ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import { isActive, type Rollout, stepRanMs } from '@scoreline/core/rollout/state.ts';
import { trafficShares } from '@scoreline/core/rollout/traffic.ts';
import { verdictOf } from '@scoreline/core/rollout/evaluation.ts';
import { toJson } from '../reports/to-json.ts';
import { describeStanding } from './describe-standing.ts';
import type { RolloutStanding } from './standing.ts';

/** A rollout as JSON with everything that was decided about it, for --json and for HTTP alike; times are ISO 8601. */
export function describeRollout(rollout: Rollout) {
  const { id, plan, status, step, share, decisions } = rollout;
  return {
    id,
    kind: plan.kind,
    status,
    is_active: isActive(rollout),
    step,
    share,
    share_since: toIso(rollout.shareSinceMs),
    started_at: toIso(rollout.startedAtMs),
    ended_at: rollout.endedAtMs === null ? null : toIso(rollout.endedAtMs),
    registry_revision: rollout.registryRevision,
    treatments: trafficShares(rollout),
    plan,
    decisions: decisions.map(({ atMs, evidence, ...decision }) => ({
      ...decision,
      evidence: evidence === null ? null : parseEvidence(evidence),
      at: toIso(atMs),
    })),
  };
}

/** A standing as JSON; `summary` is its first line for people. */
export function describeStatus(standing: RolloutStanding) {
  const { rollout, evaluation, next, controller, atMs, revision, traffic } = standing;
  const { plan, step } = rollout;
  return {
    summary: describeStanding(standing),
    at: toIso(atMs),
    revision,
    traffic,
    step: {
      index: step,
      of: plan.steps.length,
      share: plan.steps[step]?.share ?? null,
      duration_ms: plan.steps[step]?.duration_ms ?? null,
      ran_ms: stepRanMs(rollout, atMs),
    },
    verdict: evaluation === null ? null : verdictOf(evaluation),
    checks: toJson(evaluation?.checks ?? []),
    next: describeNext(next),
    controller,
    rollout: describeRollout(rollout),
  };
}

/** An A/B test's report as JSON, with the test that it is of. */
export function describeReport(rollout: Rollout, report: ExperimentReport) {
  return { rollout: describeRollout(rollout), report: toJson(report) };
}

function describeNext(next: RolloutStanding['next']) {
  if (next.do !== 'wait') return { action: next.do, because: next.because, next: null, at: null };
  const at = next.atMs === null ? null : toIso(next.atMs);
  return { action: next.do, because: next.because, next: next.next, at };
}

/** Evidence is JSON, unless a foreign writer put something else there. */
function parseEvidence(evidence: string): unknown {
  try {
    return JSON.parse(evidence);
  } catch {
    return evidence;
  }
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
