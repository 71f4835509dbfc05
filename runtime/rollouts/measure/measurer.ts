import type { RolloutCheck } from '@scoreline/core/contracts/rollout-event.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { checkErrorRate } from '@scoreline/core/rollout/checks/check-error-rate.ts';
import { checkKpi } from '@scoreline/core/rollout/checks/check-kpi.ts';
import { checkLatency } from '@scoreline/core/rollout/checks/check-latency.ts';
import { checkSampleRatio } from '@scoreline/core/rollout/checks/check-sample-ratio.ts';
import { checkScoreDrift } from '@scoreline/core/rollout/checks/check-score-drift.ts';
import { checkShadowDisagreement } from '@scoreline/core/rollout/checks/check-shadow-disagreement.ts';
import { answerUnmeasured, type CheckRequest, formatSpan } from '@scoreline/core/rollout/checks/request.ts';
import type { CheckName, CheckResult, Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Database } from '../../clickhouse/database.ts';
import { readStreamProgress, type StreamProgress } from './progress.ts';
import { readAssigned, readShares } from './read-assigned.ts';
import { readInference } from './read-inference.ts';
import { readKpi } from './read-kpi.ts';
import { readOwnPairs, readScoreBins } from './read-shadow.ts';
import { createScope, type MeasureScope } from './scope.ts';

export interface MeasurerDeps {
  /** Bounds each call in time. */
  readonly database: Pick<Database, 'query'>;
  readonly topicPrefix: string;
}

/** Measures rollouts by what ClickHouse holds; nothing is kept between calls. */
export interface RolloutMeasurer {
  /**
   * Every check of the plan for every treatment. What can't be measured, for whatever reason, is an `inconclusive` that
   * says why, never an exception: a step must not advance on what nobody knows.
   */
  measure(rollout: Rollout, nowMs: number): Promise<Evaluation>;
}

/** Drift notes every five seconds how far it is; if it is behind by so much, good old values prove nothing. */
const STALE_AFTER_MS = 60_000;

/** Characters. */
const LONGEST_REASON = 300;

type Measure = (scope: MeasureScope, request: CheckRequest) => Promise<CheckResult>;

const MEASURES: Readonly<Record<CheckName, Measure>> = {
  error_rate: async (scope, request) => checkErrorRate(request, await readAssigned(scope)),
  latency: async (scope, request) => checkLatency(request, await readInference(scope)),
  kpi: async (scope, request) => checkKpi(request, await readKpi(scope)),
  score_drift: async (scope, request) => checkScoreDrift(request, await readScoreBins(scope)),
  shadow_disagreement: async (scope, request) => checkShadowDisagreement(request, await readOwnPairs(scope)),
  sample_ratio: async (scope, request) => checkSampleRatio(request, await readShares(scope)),
};

export function createRolloutMeasurer({ database, topicPrefix }: MeasurerDeps): RolloutMeasurer {
  const topic = `${topicPrefix}lead-created`;
  return {
    async measure(rollout, nowMs) {
      const progress = await readStreamProgress(database).catch(toReason);
      const problem = typeof progress === 'string' ? progress : describeStale(progress, nowMs);
      const asOfMs = typeof progress === 'string' ? null : progress.asOfMs;
      const checks = rollout.plan.treatments.flatMap((treatment) => {
        const scope = createScope({ database, rollout, treatment, topic, nowMs, asOfMs });
        return rollout.plan.checks.map((check) => measureCheck(scope, check, problem));
      });
      return { atMs: nowMs, checks: await Promise.all(checks) };
    },
  };
}

async function measureCheck(
  scope: MeasureScope,
  { name, limit, on_failure: onFailure }: RolloutCheck,
  problem: string | undefined,
): Promise<CheckResult> {
  const { treatment, rollout, fromMs, nowMs } = scope;
  const request: CheckRequest = {
    treatment: `${treatment.model}@${treatment.version}` satisfies VersionRef,
    limit,
    onFailure,
    minimumSample: rollout.plan.minimum_sample,
    windowMs: Math.max(0, nowMs - fromMs),
  };
  // A plan is checked when it starts.
  const checkName = name as CheckName;
  if (problem !== undefined) return answerUnmeasured(checkName, request, problem);
  return MEASURES[checkName](scope, request).catch((error: unknown) =>
    answerUnmeasured(checkName, request, toReason(error)),
  );
}

function describeStale({ readUntilMs }: StreamProgress, nowMs: number): string | undefined {
  if (nowMs - readUntilMs <= STALE_AFTER_MS) return undefined;
  if (readUntilMs === 0) return 'drift has read no scores yet: is it running?';
  return `drift has read the scores up to ${formatSpan(nowMs - readUntilMs)} ago only: look at its /health`;
}

function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // ClickHouse repeats the statement.
  return `it could not be measured: ${message.slice(0, LONGEST_REASON)}`;
}
