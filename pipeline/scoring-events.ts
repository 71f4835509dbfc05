import type { ExactlyOnceEvents } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Lead } from './read-leads.ts';
import type { Rejection } from './rejection.ts';

/** The facts of scoring, each emitted as its log line and its metrics together. Logs never carry lead data. */
export interface ScoringEvents extends ExactlyOnceEvents {
  modelLoaded(model: LoadedModel): void;
  /** Once its transaction has committed. */
  batchScored(fact: BatchScored): void;
  lagMeasured(lag: ReadonlyMap<string, number>): void;
}

export interface BatchScored {
  readonly batch: PartitionBatch;
  readonly leads: readonly Lead[];
  readonly scored: number;
  readonly rejections: readonly Rejection[];
  readonly inferenceUs: number;
  readonly scoredAtMs: number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 5, 10, 50, 100, 500, 1000, 2000, 4000];

/** Metrics are created once per registry; names and labels are listed in docs/telemetry.md. */
export function createScoringEvents({ log, registry }: Telemetry): ScoringEvents {
  const metrics = createMetrics(registry);
  return {
    modelLoaded({ manifest }) {
      metrics.modelInfo.reset();
      metrics.modelInfo.set({ model: manifest.name, version: manifest.version }, 1);
      log.info({ model: manifest.name, version: manifest.version }, 'model loaded');
    },
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
    batchCommitted(_partition, _records, transactionMs) {
      metrics.transaction.observe(transactionMs / 1e3);
    },
    lagMeasured(lag) {
      metrics.lag.reset();
      for (const [partition, records] of lag) metrics.lag.set({ partition }, records);
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
      log.error({ err: error, restarts }, 'the Kafka consumer crashed');
    },
    clientLog: (level, message) => log[level](message),
  };
}

function createMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const seconds = (name: string, help: string) => new Histogram({ name, help, buckets: SECONDS, registers });
  return {
    leadsIn: counter('scoreline_leads_in_total', 'Lead events read.'),
    scoresOut: counter('scoreline_scores_out_total', 'Scores written.'),
    deadLetters: counter('scoreline_dead_letters_total', 'Lead events that became dead letters, by code.', [
      'code',
    ]),
    transactionFailures: counter(
      'scoreline_transaction_failures_total',
      'Transactions whose fate was unknown.',
    ),
    expired: counter(
      'scoreline_records_expired_total',
      'Records deleted by retention before they were read.',
    ),
    rebalances: counter('scoreline_rebalances_total', 'Joins of the consumer group.'),
    batchSize: new Histogram({
      name: 'scoreline_batch_leads',
      help: 'Leads a batch.',
      buckets: SIZES,
      registers,
    }),
    inference: seconds('scoreline_inference_seconds', 'Inference time of a batch.'),
    transaction: seconds(
      'scoreline_transaction_seconds',
      'Time of a Kafka transaction, first send to commit.',
    ),
    latency: seconds('scoreline_latency_seconds', 'From the lead event’s Kafka timestamp to its score.'),
    lag: new Gauge({
      name: 'scoreline_lag_records',
      help: 'Records not yet processed, by topic/partition.',
      labelNames: ['partition'],
      registers,
    }),
    modelInfo: new Gauge({
      name: 'scoreline_model_info',
      help: '1 for the model version that scores now.',
      labelNames: ['model', 'version'],
      registers,
    }),
  };
}
