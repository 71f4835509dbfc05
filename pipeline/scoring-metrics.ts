import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge, Histogram } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 5, 10, 50, 100, 500, 1000, 2000, 4000];

const BY_SCORER = ['model', 'version', 'role'];

export type ScoringMetrics = ReturnType<typeof createScoringMetrics>;

/** Names and labels are explained in docs/telemetry.md. */
export function createScoringMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const seconds = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
  return {
    leadsIn: counter('scoreline_leads_in_total', 'Lead events read.'),
    scoresOut: counter('scoreline_scores_out_total', 'Scores written, by version and role.', BY_SCORER),
    fallbacks: counter(
      'scoreline_fallbacks_total',
      'Leads that production scored as the version that their rollout assigned could not, by that version and reason.',
      ['model', 'version', 'code'],
    ),
    rolloutShare: new Gauge({
      name: 'scoreline_rollout_share',
      help: 'Share of the leads that the present rollout assigns to a version.',
      labelNames: ['model', 'version'],
      registers,
    }),
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
    inference: seconds(
      'scoreline_inference_seconds',
      'Time of one inference, by version and role.',
      BY_SCORER,
    ),
    transaction: seconds(
      'scoreline_transaction_seconds',
      'Time of a Kafka transaction, first send to commit.',
    ),
    latency: seconds('scoreline_latency_seconds', 'From the lead event’s Kafka timestamp to its score.'),
    lag: new Gauge({
      name: 'scoreline_lag_records',
      help: 'Records not yet processed, by consumer group and topic/partition.',
      labelNames: ['group', 'partition'],
      registers,
    }),
    modelsUnavailable: counter(
      'scoreline_models_unavailable_total',
      'Times that a wanted model version could not be made to score.',
    ),
    modelInfo: new Gauge({
      name: 'scoreline_model_info',
      help: '1 for the model version that scores now.',
      labelNames: ['model', 'version'],
      registers,
    }),
  };
}

/** A version as metrics and log lines name it. */
export function labelsOf({ manifest }: Pick<LoadedModel, 'manifest'>): { model: string; version: string } {
  return { model: manifest.name, version: manifest.version };
}
