import type { Evaluation, Verdict } from '@scoreline/core/rollout/evaluation.ts';
import type { NextAction } from '@scoreline/core/rollout/next-action.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { BatchReaderEvents } from '@scoreline/runtime/kafka/read-batches.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge } from 'prom-client';

/** The facts of the controller, each emitted as its log line and its metrics together. */
export interface ControllerEvents extends BatchReaderEvents {
  /** Whether this instance is the one that decides. */
  led(isLeader: boolean): void;
  evaluated(rollout: Rollout, evaluation: Evaluation, verdict: Verdict): void;
  /** What is to be done now. */
  looked(rollout: Rollout, action: NextAction): void;
  taskFailed(task: string, error: unknown): void;
}

export function createControllerEvents({ log, registry }: Telemetry): ControllerEvents {
  const { leader, evaluations, failures } = createMetrics(registry);
  let lastAction = '';
  return {
    clientLog: (level, message) => log[level](message),
    joined: (assignment) =>
      log.info({ assignment: Object.fromEntries(assignment) }, 'joined the consumer group'),
    batchFailed: (topic, partition, error) =>
      log.warn({ topic, partition, err: error }, 'a batch failed: it comes again'),
    consumerCrashed: (error, restarts) => log.error({ err: error, restarts }, 'the Kafka consumer crashed'),
    led: (isLeader) => leader.set(isLeader ? 1 : 0),
    evaluated(rollout, { checks }, verdict) {
      evaluations.inc({ verdict });
      const told = checks.map(({ name, treatment, state, value, limit, sample }) => ({
        name,
        treatment,
        state,
        value,
        limit,
        sample,
      }));
      log.info({ rollout: rollout.id, verdict, checks: told }, 'rollout evaluated');
    },
    looked(rollout, action) {
      const fact = `${rollout.id} ${action.do} ${action.because}`;
      if (fact !== lastAction) log.info({ rollout: rollout.id, ...action }, 'rollout: what is to be done');
      lastAction = fact;
    },
    taskFailed(task, error) {
      failures.inc({ task });
      log.warn({ task, err: error }, 'a task failed and will be tried again');
    },
  };
}

function createMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  return {
    leader: new Gauge({
      name: 'scoreline_rollout_leader',
      help: '1 in the instance of the controller that decides, 0 in the others.',
      registers,
    }),
    evaluations: new Counter({
      name: 'scoreline_rollout_evaluations_total',
      help: 'Evaluations of the active rollout, by verdict.',
      labelNames: ['verdict'],
      registers,
    }),
    failures: new Counter({
      name: 'scoreline_rollout_task_failures_total',
      help: 'Decisions and records that failed and are tried again.',
      labelNames: ['task'],
      registers,
    }),
  };
}
