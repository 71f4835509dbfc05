import type { ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { ModelLifecycle } from '../model-lifecycle/model-lifecycle.ts';
import type { ProbeController } from './controller-probe.ts';
import type { RolloutCommands, RolloutProjection } from './rollout-log.ts';

/** What people's decisions about rollouts, and what they are told, are made of. */
export interface RolloutServiceDeps {
  readonly rollouts: Pick<RolloutProjection, 'state' | 'untilCaughtUp'>;
  readonly commands: RolloutCommands;
  readonly lifecycle: Pick<ModelLifecycle, 'state' | 'admit'>;
  /** Never throws for a measurement that can't be had: that is a check's `inconclusive`. */
  readonly measure: (rollout: Rollout, nowMs: number) => Promise<Evaluation>;
  /** Throws ClickHouseUnavailable. */
  readonly readExperiment: (rollout: Rollout, nowMs: number) => Promise<ExperimentReport>;
  readonly probeController: ProbeController;
  readonly nowMs: () => number;
}
