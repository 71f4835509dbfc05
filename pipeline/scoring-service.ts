import type { LeadScored, Role } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import {
  createRegistryClient,
  type RegistryAccess,
  SchemaRefused,
} from '@scoreline/runtime/avro/registry.ts';
import { readMaxMessageBytes } from '@scoreline/runtime/kafka/admin.ts';
import {
  createExactlyOnceConsumer,
  type ExactlyOnceConsumer,
} from '@scoreline/runtime/kafka/exactly-once/consumer.ts';
import type { StartPosition } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import { asClient, type KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import type { Lineup } from './lineup.ts';
import { openBatchScorer } from './open-batch-scorer.ts';
import type { ScoringEvents } from './scoring-events.ts';
import type { ScoringThreads } from './threads/scoring-threads.ts';
import { createTransformBatch, type TransformBatch } from './transform-batch.ts';

export interface ScoringConsumerOptions extends KafkaAccess {
  readonly schemaRegistry: RegistryAccess;
  readonly topicPrefix: string;
  /** Without the prefix: 'scorer', 'shadow.bank-leads@1.1.0'. */
  readonly group: string;
  /** Without the prefix. */
  readonly scoresTopic: 'lead-scores' | 'lead-shadow-scores';
  /** Of what no rollout's treatment scores. */
  readonly role: Role;
  /** The backtest's run; none elsewhere. */
  readonly runId?: string;
  readonly start?: StartPosition;
  /** Nobody waits for these scores: see ExactlyOnceOptions. */
  readonly gathers?: boolean;
  /** Asked once a batch. */
  readonly currentLineup: () => Lineup;
  /** Called when a partition's earlier owners are fenced, before its first batch: see ExactlyOnceOptions. */
  readonly onFenced?: () => Promise<void>;
  readonly events: ScoringEvents;
  /** Goes around what makes scores of a batch: how a backtest ends where its range does. */
  readonly wrap?: (transform: TransformBatch) => TransformBatch;
  /** Score large batches; none where left out. Whoever opened them closes them. */
  readonly threads?: ScoringThreads;
}

const LAG_INTERVAL_MS = 5_000;

/**
 * What scorer, shadow and backtest have in common: lead-created in, scores and dead letters out, exactly once. They
 * differ in role, group, topic, model and end, and nothing else. Resolves once the score schema is registered and
 * the dead letters' topic is there;
 * `onWaiting` is told what that waits for.
 */
export async function createScoringConsumer(
  options: ScoringConsumerOptions,
  onWaiting: (reason: string) => void,
): Promise<ExactlyOnceConsumer> {
  const { topicPrefix: prefix, role, currentLineup, events } = options;
  const registry = createRegistryClient(options.schemaRegistry);
  const kafka = asClient(options, `scoreline-${role}`);
  const deadLetters = `${prefix}lead-created.dlq`;
  const scoresTopic = `${prefix}${options.scoresTopic}`;
  const avro = createAvroReader<LeadEvent>(registry);
  const scoreAvro = await untilAvailable(
    () => createAvroWriter<LeadScored>(registry, `${scoresTopic}-value`, contractSchema('lead-scored')),
    onWaiting,
    (error) => error instanceof SchemaRefused,
  );
  const deadLetterBytes = await untilAvailable(
    () => readMaxMessageBytes(kafka, deadLetters, events.clientLog.bind(events)),
    onWaiting,
  );
  const settings = {
    scoreSchemaId: scoreAvro.schemaId,
    runId: options.runId ?? null,
    role,
    deadLetterBytes,
  };
  const scoreHere = openBatchScorer(avro, settings);
  const scoreBatch = options.threads?.beside(scoreHere, settings, avro) ?? scoreHere;
  const transform = createTransformBatch({ avro, scoreBatch, currentLineup, events });
  const consumer = createExactlyOnceConsumer({
    kafka,
    groupId: `${prefix}${options.group}`,
    topic: `${prefix}lead-created`,
    outputs: { scores: scoresTopic, deadLetters },
    transform: options.wrap?.(transform) ?? transform,
    events,
    gathers: options.gathers ?? false,
    ...(options.start === undefined ? {} : { start: options.start }),
    ...(options.onFenced === undefined ? {} : { onFenced: options.onFenced }),
  });
  return withLagMeasured(consumer, `${prefix}${options.group}`, events);
}

function withLagMeasured(
  consumer: ExactlyOnceConsumer,
  group: string,
  events: ScoringEvents,
): ExactlyOnceConsumer {
  const timer = setInterval(() => {
    // A broker that is away is seen elsewhere; the gauge then keeps its last value.
    consumer
      .lag()
      .then((lag) => events.lagMeasured(group, lag))
      .catch(() => undefined);
  }, LAG_INTERVAL_MS).unref();
  return {
    ...consumer,
    async stop() {
      clearInterval(timer);
      await consumer.stop();
    },
  };
}
