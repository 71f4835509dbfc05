import type { ExactlyOnceEvents } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import type { ModelSlotEvents } from './model-slot.ts';
import type { Lead } from './read-leads.ts';
import type { Rejection } from './rejection.ts';
import { createScoringMetrics, type ScoringMetrics } from './scoring-metrics.ts';

/** The facts of scoring, each emitted as its log line and its metrics together. Logs never carry lead data. */
export interface ScoringEvents extends ExactlyOnceEvents, ModelSlotEvents {
  /** A model that scores no more. */
  modelReleased(model: LoadedModel): void;
  /** Once its transaction has committed. */
  batchScored(fact: BatchScored): void;
  /** Of one consumer group, by topic/partition; what it names no more is another member's. */
  lagMeasured(group: string, lag: ReadonlyMap<string, number>): void;
}

export interface BatchScored {
  readonly batch: PartitionBatch;
  readonly leads: readonly Lead[];
  readonly scored: number;
  readonly rejections: readonly Rejection[];
  readonly inferenceUs: number;
  readonly scoredAtMs: number;
}

/** Metrics are created once per registry. */
export function createScoringEvents({ log, registry }: Telemetry): ScoringEvents {
  const metrics = createScoringMetrics(registry);
  const measured = new Map<string, readonly string[]>();
  return {
    ...modelEvents(log, metrics),
    ...consumerEvents(log, metrics),
    batchScored({ batch, leads, scored, rejections, inferenceUs, scoredAtMs }) {
      metrics.leadsIn.inc(batch.records.length);
      metrics.scoresOut.inc(scored);
      metrics.batchSize.observe(batch.records.length);
      metrics.inference.observe(inferenceUs / 1e6);
      for (const { record } of leads)
        metrics.latency.observe(Math.max(0, scoredAtMs - record.timestamp) / 1e3);
      for (const { code, record } of rejections) {
        metrics.deadLetters.inc({ code });
        log.warn({ code, partition: batch.partition, offset: record.offset }, 'dead letter');
      }
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
type ModelEvents = ModelSlotEvents & Pick<ScoringEvents, 'modelReleased'>;

function modelEvents(log: Log, metrics: ScoringMetrics): ModelEvents {
  return {
    modelSwitched({ manifest }, durationMs, before) {
      if (before !== undefined) metrics.modelInfo.remove(labelsOf(before));
      metrics.modelInfo.set(labelsOf({ manifest }), 1);
      const switched = {
        model: manifest.name,
        version: manifest.version,
        durationMs: Math.round(durationMs),
      };
      log.info({ ...switched, before: before?.manifest.version }, 'model switched');
    },
    modelReleased(model) {
      metrics.modelInfo.remove(labelsOf(model));
    },
    modelUnavailable(ref, reason, isFinal) {
      metrics.modelsUnavailable.inc();
      log.error({ wanted: ref, reason, triedAgain: !isFinal }, 'the wanted model can not score');
    },
  };
}

function consumerEvents(log: Log, metrics: ScoringMetrics): ExactlyOnceEvents {
  return {
    batchCommitted(_partition, _records, transactionMs) {
      metrics.transaction.observe(transactionMs / 1e3);
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

function labelsOf({ manifest }: Pick<LoadedModel, 'manifest'>): { model: string; version: string } {
  return { model: manifest.name, version: manifest.version };
}
