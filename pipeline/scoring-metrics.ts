import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge, Histogram } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 5, 10, 50, 100, 500, 1000, 2000, 4000];
const BY_VERSION = ['model', 'version'];
const BY_SCORER = ['model', 'version', 'role'];

/** In whose name a score is. */
export type ScorerLabels = Record<'model' | 'version' | 'role', string>;

export type ScoringMetrics = ReturnType<typeof createScoringMetrics>;

/** Names and labels are explained in docs/telemetry.md. */
export function createScoringMetrics(registry: Telemetry['registry']) {
  const create = createFactories(registry);
  return { ...createLeadMetrics(create), ...createConsumerMetrics(create), ...createModelMetrics(create) };
}

type Factories = ReturnType<typeof createFactories>;

function createFactories(registry: Telemetry['registry']) {
  const registers = [registry];
  return {
    counter: (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: (name: string, help: string, labelNames: string[]) =>
      new Gauge({ name, help, labelNames, registers }),
    histogram: (name: string, help: string, buckets: number[], labelNames: string[] = []) =>
      new Histogram({ name, help, buckets, labelNames, registers }),
  };
}

function createLeadMetrics({ counter, histogram }: Factories) {
  return {
    leadsIn: counter('scoreline_leads_in_total', 'Lead events read.'),
    scoresOut: counter('scoreline_scores_out_total', 'Scores written, by version and role.', BY_SCORER),
    fallbacks: counter(
      'scoreline_fallbacks_total',
      'Leads that production scored, as the version that the rollout assigned could not, by that version and why.',
      [...BY_VERSION, 'code'],
    ),
    deadLetters: counter('scoreline_dead_letters_total', 'Lead events that became dead letters, by code.', [
      'code',
    ]),
    batchSize: histogram('scoreline_batch_leads', 'Leads a batch.', SIZES),
    inference: histogram(
      'scoreline_inference_seconds',
      'Time of one inference, by version and role.',
      SECONDS,
      BY_SCORER,
    ),
    latency: histogram(
      'scoreline_latency_seconds',
      'From the lead event’s Kafka timestamp to its score.',
      SECONDS,
    ),
  };
}

function createConsumerMetrics({ counter, gauge, histogram }: Factories) {
  return {
    transaction: histogram(
      'scoreline_transaction_seconds',
      'Time of a Kafka transaction, first send to commit.',
      SECONDS,
    ),
    transactionFailures: counter(
      'scoreline_transaction_failures_total',
      'Transactions whose fate was unknown.',
    ),
    expired: counter(
      'scoreline_records_expired_total',
      'Records deleted by retention before they were read.',
    ),
    rebalances: counter('scoreline_rebalances_total', 'Joins of the consumer group.'),
    lag: gauge('scoreline_lag_records', 'Records not yet processed, by consumer group and topic/partition.', [
      'group',
      'partition',
    ]),
  };
}

function createModelMetrics({ counter, gauge }: Factories) {
  return {
    modelsUnavailable: counter(
      'scoreline_models_unavailable_total',
      'Times that a wanted model version could not be made to score: refused for good, or away and tried again.',
      ['kind'],
    ),
    modelsRefused: gauge(
      'scoreline_models_refused',
      '1 for a wanted model version that was refused for good, until another is wanted.',
      ['wanted'],
    ),
    modelInfo: gauge('scoreline_model_info', '1 for the model version that scores now.', BY_VERSION),
    rolloutShare: gauge(
      'scoreline_rollout_share',
      'Share of the leads that the present rollout assigns to a version.',
      BY_VERSION,
    ),
  };
}

/** A version as metrics and log lines name it. */
export function labelsOf({
  manifest,
}: Pick<LoadedModel, 'manifest'>): Pick<ScorerLabels, 'model' | 'version'> {
  return { model: manifest.name, version: manifest.version };
}
