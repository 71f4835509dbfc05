import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Traffic } from '@scoreline/core/rollout/traffic.ts';
import type { ExactlyOnceEvents } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { type BatchSummary, createBatchEvent } from './batch-event.ts';
import { sharesOf } from './lineup.ts';
import type { ModelSlotEvents } from './model-slot.ts';
import { createScoringMetrics, labelsOf, type ScoringMetrics } from './scoring-metrics.ts';
import type { ThreadEvents } from './threads/thread-handle.ts';

/** The facts of scoring, each emitted as its log line and its metrics together. Logs never carry lead data. */
export interface ScoringEvents extends ExactlyOnceEvents, ModelSlotEvents, ThreadEvents {
  /** A model that scores no more. */
  modelReleased(model: LoadedModel): void;
  /** A rollout's version is in memory. */
  treatmentLoaded(model: LoadedModel, durationMs: number): void;
  /** Which version scores which lead from now on. */
  trafficChanged(traffic: Traffic): void;
  /** Once its transaction has committed. */
  batchScored(summary: BatchSummary): void;
  /** Of one consumer group, by topic/partition; what it names no more is another member's. */
  lagMeasured(group: string, lag: ReadonlyMap<string, number>): void;
}

/** Metrics are created once per registry. */
export function createScoringEvents({ log, registry }: Telemetry): ScoringEvents {
  const metrics = createScoringMetrics(registry);
  const measured = new Map<string, readonly string[]>();
  return {
    ...modelEvents(log, metrics),
    ...consumerEvents(log, metrics),
    batchScored: createBatchEvent(log, metrics),
    threadFailed: (reason) => log.warn({ reason }, 'a scoring thread could not; the main thread scores'),
    trafficChanged(traffic) {
      const shares = sharesOf(traffic);
      metrics.rolloutShare.reset();
      for (const { ref, share } of shares) metrics.rolloutShare.set(splitVersionRef(ref), share);
      const { experimentId: rollout, production } = traffic;
      log.info({ rollout, production, treatments: shares }, 'traffic changed');
    },
    lagMeasured(group, lag) {
      for (const partition of measured.get(group) ?? []) {
        if (!lag.has(partition)) metrics.lag.remove({ group, partition });
      }
      for (const [partition, records] of lag) metrics.lag.set({ group, partition }, records);
      measured.set(group, [...lag.keys()]);
    },
  };
}

type Log = Telemetry['log'];
type ModelEvents = ModelSlotEvents & Pick<ScoringEvents, 'modelReleased' | 'treatmentLoaded'>;

function modelEvents(log: Log, metrics: ScoringMetrics): ModelEvents {
  return {
    modelSwitched({ manifest }, durationMs, before) {
      if (before !== undefined) metrics.modelInfo.remove(labelsOf(before));
      metrics.modelInfo.set(labelsOf({ manifest }), 1);
      const switched = { ...labelsOf({ manifest }), durationMs: Math.round(durationMs) };
      log.info({ ...switched, before: before?.manifest.version }, 'model switched');
    },
    modelReleased(model) {
      metrics.modelInfo.remove(labelsOf(model));
    },
    treatmentLoaded(model, durationMs) {
      log.info({ ...labelsOf(model), durationMs: Math.round(durationMs) }, 'treatment loaded');
    },
    modelUnavailable(ref, reason, isFinal) {
      metrics.modelsUnavailable.inc({ kind: isFinal ? 'refused' : 'away' });
      if (isFinal) metrics.modelsRefused.set({ wanted: ref }, 1);
      log.error({ wanted: ref, reason, triedAgain: !isFinal }, 'the wanted model can not score');
    },
    refusalEnded(ref) {
      metrics.modelsRefused.remove({ wanted: ref });
      log.info({ ref }, 'a version that was refused is asked for no more');
    },
  };
}

function consumerEvents(log: Log, metrics: ScoringMetrics): ExactlyOnceEvents {
  return {
    batchCommitted: () => undefined,
    transactionCommitted(durationMs) {
      metrics.transaction.observe(durationMs / 1e3);
    },
    joined(partitions) {
      metrics.rebalances.inc();
      log.info({ partitions }, 'joined the consumer group');
    },
    partitionAcquired(partition, position, durationMs) {
      log.info({ partition, position, durationMs: Math.round(durationMs) }, 'partition acquired');
    },
    transactionFailed(partition, error) {
      metrics.transactionFailures.inc();
      log.warn(
        { partition, err: error },
        'transaction failed: its producer is thrown away, the batch comes again',
      );
    },
    partitionPaused(partition, reason) {
      log.warn({ partition, reason }, 'partition paused');
    },
    recordsExpired(partition, from, to) {
      metrics.expired.inc(to - from);
      log.error({ partition, from, to }, 'records were deleted by retention before they were read');
    },
    consumerCrashed(error, restarts) {
      const level = restarts ? 'warn' : 'error';
      log[level]({ err: error, restarts }, 'the Kafka consumer crashed');
    },
    clientLog: (level, message) => log[level](message),
  };
}
