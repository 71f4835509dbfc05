import type { DecisionState } from '@scoreline/core/decisions/decision.ts';
import { Counter, Gauge } from 'prom-client';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { ProjectionEvents } from './projection.ts';

/** How a log is told of. */
export interface LogDescription<S, E> {
  /** Goes into the metrics' names: `scoreline_<metric>_revision`. */
  readonly metric: string;
  readonly topic: string;
  /** In log lines: 'model registry'. */
  readonly title: string;
  /** What a log line says of an event, and of the state at the start. */
  readonly describeEvent: (event: E) => Readonly<Record<string, unknown>>;
  readonly describeState: (state: S) => Readonly<Record<string, unknown>>;
}

/** Log lines of decisions as they come, the revision, and how many events did not count. */
export function createDecisionLogEvents<S extends DecisionState, E>(
  { log, registry }: Telemetry,
  { metric, topic, title, describeEvent, describeState }: LogDescription<S, E>,
): ProjectionEvents<S, E> {
  const registers = [registry];
  const revision = new Gauge({
    name: `scoreline_${metric}_revision`,
    help: `Decisions of ${topic} that count, as this process knows them.`,
    registers,
  });
  const ignoredTotal = new Counter({
    name: `scoreline_${metric}_events_ignored_total`,
    help: `Records of ${topic} that do not count, by reason.`,
    labelNames: ['code'],
    registers,
  });
  return {
    eventRead(verdict, isLive) {
      const { offset, event, ignored } = verdict;
      revision.set(verdict.revision);
      if (ignored !== undefined) ignoredTotal.inc({ code: ignored.code });
      if (!isLive) return;
      const fact = { offset, revision: verdict.revision, ...(event === null ? {} : describeEvent(event)) };
      if (ignored === undefined) log.info(fact, `${title}: decision`);
      else log.warn({ ...fact, code: ignored.code, why: ignored.reason }, `${title}: event ignored`);
    },
    projected(state) {
      log.info({ revision: state.revision, ...describeState(state) }, `${title} read to its end`);
    },
  };
}
