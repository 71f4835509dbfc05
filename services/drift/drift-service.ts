import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, SchemaRefused } from '@scoreline/runtime/avro/registry.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { type BatchReader, createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { createAlertTopic } from './alerts/alert-topic.ts';
import { publishDecisions } from './alerts/publish-decisions.ts';
import { createCandidates, loadRecentCandidates } from './candidates.ts';
import type { DriftConfig } from './config.ts';
import type { DriftEvents } from './drift-events.ts';
import { createIngest } from './ingest/ingest.ts';
import type { VersionName } from './ingest/marks.ts';
import { createStore, type Store } from './ingest/store.ts';
import { createModelCatalog, type ModelCatalog } from './models.ts';
import { createOperationsWatch } from './operations/watch-operations.ts';
import { createRepeatedTask, type RepeatedTask } from './repeated-task.ts';
import { type ScoreStream, type StreamName, STREAMS } from './streams.ts';
import { closeWindows } from './windows/close-windows.ts';
import { announcePartitions } from './windows/watermarks.ts';

export interface DriftDeps {
  readonly config: DriftConfig;
  readonly database: Database;
  readonly publisher: Publisher;
  readonly events: DriftEvents;
}

/** Drift as main.ts runs it. */
export interface DriftService {
  /** Resolves once it reads; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  stop(): Promise<void>;
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
}

const TURN_EVERY_MS = 1_000;
const MAX_PAUSE_MS = 10_000;
const LAG_EVERY_MS = 5_000;
/** The last offset of a transactional topic is a marker, which no reader ever gets to see. */
const MARKERS_PER_PARTITION = 1;

/**
 * Two halves that meet in ClickHouse alone:
 * - ingest: Kafka → rows, marks, progress; then offsets are committed;
 * - once a second: marks → windows → results → decisions → alerts, by whoever owns partition 0 of lead-scores.
 */
export async function createDriftService(
  deps: DriftDeps,
  onWaiting: (reason: string) => void,
): Promise<DriftService> {
  const { config, database, events } = deps;
  const candidates = await untilAvailable(() => loadCandidates(deps), onWaiting);
  const models = createModelCatalog({ modelsDir: config.MODELS_DIR, database, events, nowMs: Date.now });
  const store = createStore({ database, events, nowMs: Date.now });
  const registry = createRegistryClient({ url: config.SCHEMA_REGISTRY_URL });
  const alertsTopic = `${config.TOPIC_PREFIX}scoring-alerts`;
  const avro = await untilAvailable(
    () => createAvroWriter<ScoringAlert>(registry, `${alertsTopic}-value`, contractSchema('scoring-alert')),
    onWaiting,
    (error) => error instanceof SchemaRefused,
  );
  const reader = createBatchReader({
    kafka: { brokers: config.KAFKA_BROKERS, clientId: 'scoreline-drift' },
    groupId: `${config.TOPIC_PREFIX}drift`,
    topics: STREAMS.map((stream) => `${config.TOPIC_PREFIX}${stream}`),
    onBatch: createIngest({
      scores: createAvroReader<LeadScored>(registry, contractSchema('lead-scored')),
      outcomes: createAvroReader<LeadOutcome>(registry, contractSchema('lead-outcome')),
      models,
      candidates,
      streamOf: (topic) => streamOf(topic, config.TOPIC_PREFIX),
      store,
      events,
    }),
    events,
  });
  const publish = createAlertTopic(deps.publisher, avro, alertsTopic);
  const turns = [
    createRepeatedTask({
      turn: createTurn(deps, { models, store, reader, publish }),
      everyMs: TURN_EVERY_MS,
      maxPauseMs: MAX_PAUSE_MS,
      onError: (error) => events.taskFailed('windows', error),
    }),
    createRepeatedTask({
      turn: async () => events.lagMeasured(await reader.lag()),
      everyMs: LAG_EVERY_MS,
      maxPauseMs: MAX_PAUSE_MS,
      onError: (error) => events.taskFailed('lag', error),
    }),
  ];
  return assemble(reader, store, turns);
}

function assemble(reader: BatchReader, store: Store, tasks: readonly RepeatedTask[]): DriftService {
  return {
    failed: reader.failed,
    notReady: () => reader.notReady() ?? store.problem() ?? tasks[0]?.problem(),
    async start(onWaiting) {
      await reader.start(onWaiting);
      for (const task of tasks) task.start();
    },
    async stop() {
      await Promise.all(tasks.map((task) => task.stop()));
      await reader.stop();
    },
  };
}

interface TurnParts {
  readonly models: ModelCatalog;
  readonly store: Store;
  readonly reader: BatchReader;
  readonly publish: (alerts: readonly ScoringAlert[]) => Promise<void>;
}

/** One turn: announce partitions that are new here; then, as the one who closes windows, close, measure, publish. */
function createTurn({ config, database, events }: DriftDeps, parts: TurnParts): () => Promise<void> {
  const { models, store, reader, publish } = parts;
  const scoresTopic = `${config.TOPIC_PREFIX}lead-scores`;
  const isCaughtUp = async (): Promise<boolean> => {
    const lags = [...(await reader.lag())].filter(([partition]) => partition.startsWith(`${scoresTopic}/`));
    return lags.every(([, records]) => records <= MARKERS_PER_PARTITION);
  };
  const operations = createOperationsWatch({ database, models, events, isCaughtUp });
  let announced: ReadonlyMap<string, readonly number[]> | undefined;
  return async () => {
    const assigned = reader.assigned();
    if (assigned !== announced) {
      await announcePartitions(database, scoreStreams(assigned, config.TOPIC_PREFIX), Date.now());
      announced = assigned;
    }
    // Rows that wait to be written would look like idle partitions.
    if (!reader.owns(scoresTopic, 0) || store.problem() !== undefined) return;
    await closeWindows({ database, models, events, nowMs: Date.now });
    await operations.tick(Date.now());
    events.alertsPublished(await publishDecisions(database, publish));
  };
}

async function loadCandidates({ config, database }: DriftDeps): Promise<ReturnType<typeof createCandidates>> {
  const [model, modelVersion] = config.CANDIDATE?.split('@') ?? [];
  const configured: VersionName[] =
    model === undefined || modelVersion === undefined ? [] : [{ model, modelVersion }];
  return createCandidates(configured, await loadRecentCandidates(database), Date.now);
}

function streamOf(topic: string, prefix: string): StreamName {
  const stream = STREAMS.find((name) => `${prefix}${name}` === topic);
  if (stream === undefined) throw new TypeError(`drift reads no topic ${topic}`);
  return stream;
}

function scoreStreams(
  assigned: ReadonlyMap<string, readonly number[]>,
  prefix: string,
): ReadonlyMap<ScoreStream, readonly number[]> {
  const streams = ['lead-scores', 'lead-shadow-scores'] as const;
  return new Map(streams.map((stream) => [stream, assigned.get(`${prefix}${stream}`) ?? []]));
}
