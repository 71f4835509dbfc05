import { randomUUID } from 'node:crypto';
import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, SchemaRefused } from '@scoreline/runtime/avro/registry.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { toLeadHasher } from '@scoreline/runtime/erasure/config.ts';
import type { LeadHasher } from '@scoreline/runtime/erasure/lead-hash.ts';
import type { Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { createBatchReader } from '@scoreline/runtime/kafka/read-batches.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import type { OpenRetraining } from '@scoreline/runtime/retraining/open-retraining.ts';
import { untilAvailable } from '@scoreline/runtime/until-available.ts';
import { createAlertTopic } from './alerts/alert-topic.ts';
import { type Candidates, createCandidates, loadRecentCandidates } from './candidates.ts';
import type { DriftConfig } from './config.ts';
import type { DriftEvents } from './drift-events.ts';
import { createSuppressedLeads } from './erasure/suppressed-leads.ts';
import { createSweepTurn } from './erasure/sweep.ts';
import { createIngest } from './ingest/ingest.ts';
import { createStore } from './ingest/store.ts';
import { createModelCatalog, type FindRegistered } from './models.ts';
import { createNotificationTasks } from './notifications/notification-tasks.ts';
import { createReportTurn } from './reporting/report-turn.ts';
import { createRetrainingTurn } from './retraining/watch-retraining.ts';
import { createMetricsFetcher } from './spending/fetch-metrics.ts';
import { createSpendingTurn } from './spending/watch-spending.ts';
import { type StreamName, STREAMS } from './streams.ts';
import { createDriftTasks } from './tasks.ts';
import {
  createLagTurn,
  createOutcomeTurn,
  createUnpublishedTurn,
  createWindowTurn,
  type TurnDeps,
} from './turns.ts';

export interface DriftDeps {
  readonly config: DriftConfig;
  readonly database: Database;
  readonly publisher: Publisher;
  readonly events: DriftEvents;
  /** Leads that have come and that production has yet to score: without any, silence is no failure. */
  readonly leadsWaiting: () => Promise<number>;
  /** Wishes to train models anew. */
  readonly retraining: Pick<OpenRetraining, 'projection' | 'commands'>;
  /** Where packages are that the registry knows; without it all are in MODELS_DIR. */
  readonly findRegistered?: FindRegistered;
}

/** Drift as main.ts runs it. */
export interface DriftService {
  /** Resolves once it reads; `onWaiting` is told what that waits for. */
  start(onWaiting: (reason: string) => void): Promise<void>;
  stop(): Promise<void>;
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
}

const WINDOWS_EVERY_MS = 1_000;
const LAG_EVERY_MS = 5_000;
const SPENDING_EVERY_MS = 1_000;
const RETRAINING_EVERY_MS = 60_000;
const REPORTS_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 15_000;
const OUTCOMES_EVERY_MS = 5_000;

/**
 * Two halves that meet in ClickHouse alone:
 * - ingest: Kafka → rows, marks, progress; then offsets are committed;
 * - turns: marks → windows → results → decisions → alerts.
 * Resolves once the alerts' schema is registered; `onWaiting` is told what that waits for.
 */
export async function createDriftService(
  deps: DriftDeps,
  onWaiting: (reason: string) => void,
): Promise<DriftService> {
  const { config, database, events } = deps;
  const nowMs = Date.now;
  const topicOf = (stream: StreamName): string => `${config.TOPIC_PREFIX}${stream}`;
  const registry = createRegistryClient(toRegistryAccess(config));
  const models = createModelCatalog({ ...deps, modelsDir: config.MODELS_DIR, nowMs });
  const candidates = await untilAvailable(() => loadCandidates(config, database), onWaiting);
  const hasher = toLeadHasher(config);
  const loadSuppressed = createSuppressedLeads({ database, hasher, nowMs });
  const store = createStore({ database, events, loadSuppressed, nowMs });

  const reader = createBatchReader({
    kafka: asClient(toKafkaAccess(config), 'scoreline-drift'),
    groupId: `${config.TOPIC_PREFIX}drift`,
    topics: STREAMS.map(topicOf),
    onBatch: createIngest({
      scores: createAvroReader<LeadScored>(registry, contractSchema('lead-scored')),
      outcomes: createAvroReader<LeadOutcome>(registry, contractSchema('lead-outcome')),
      models,
      candidates,
      streamOf: createStreamOf(topicOf),
      store,
      events,
    }),
    events,
  });

  const alertsTopic = `${config.TOPIC_PREFIX}scoring-alerts`;
  const alerts = await untilAvailable(
    () => createAvroWriter<ScoringAlert>(registry, `${alertsTopic}-value`, contractSchema('scoring-alert')),
    onWaiting,
    (error) => error instanceof SchemaRefused,
  );
  const publish = createAlertTopic(deps.publisher, alerts, alertsTopic);
  const turnDeps = { ...deps, models, store, reader, publish, topicOf, nowMs };
  const tasks = createDriftTasks(listDuties({ ...turnDeps, hasher }), events);

  return {
    failed: reader.failed,
    notReady: () => reader.notReady() ?? store.problem() ?? tasks.problem('windows'),
    async start(waiting) {
      await reader.start(waiting);
      tasks.start();
    },
    async stop() {
      await tasks.stop();
      await reader.stop();
    },
  };
}

/** Everything that comes back, each with its interval; all but `lag` and `unpublished` are for the owner of partition 0 alone. */
function listDuties(deps: TurnDeps & DriftDeps & { readonly hasher: LeadHasher | undefined }) {
  const { config, reader, topicOf } = deps;
  const duty = { ...deps, isOwner: (): boolean => reader.owns(topicOf('lead-scores'), 0) };
  const fetchMetrics = createMetricsFetcher(config.METRICS_KEY);
  const spending = createSpendingTurn({ ...duty, urls: config.METRICS_URLS, fetchMetrics });
  const retraining = createRetrainingTurn({ ...duty, ...deps.retraining });
  const reports = createReportTurn({ ...duty, reportsUrl: config.REPORTS_URL });
  const sweep = createSweepTurn({ ...duty, newErasureId: randomUUID });
  return [
    ...createNotificationTasks(duty, config),
    { name: 'windows', turn: createWindowTurn(deps), everyMs: WINDOWS_EVERY_MS },
    { name: 'lag', turn: createLagTurn(deps), everyMs: LAG_EVERY_MS },
    { name: 'unpublished', turn: createUnpublishedTurn(deps), everyMs: LAG_EVERY_MS },
    { name: 'outcomes', turn: createOutcomeTurn(deps), everyMs: OUTCOMES_EVERY_MS },
    { name: 'spending', turn: spending, everyMs: SPENDING_EVERY_MS },
    { name: 'retraining', turn: retraining, everyMs: RETRAINING_EVERY_MS },
    { name: 'reports', turn: reports, everyMs: REPORTS_EVERY_MS },
    { name: 'sweep', turn: sweep, everyMs: SWEEP_EVERY_MS },
  ] as const;
}

async function loadCandidates(config: DriftConfig, database: Database): Promise<Candidates> {
  const [model, modelVersion] = config.CANDIDATE?.split('@') ?? [];
  const configured = model === undefined || modelVersion === undefined ? [] : [{ model, modelVersion }];
  return createCandidates(configured, await loadRecentCandidates(database), Date.now);
}

function createStreamOf(topicOf: (stream: StreamName) => string): (topic: string) => StreamName {
  const streams = new Map(STREAMS.map((stream) => [topicOf(stream), stream]));
  return (topic) => {
    const stream = streams.get(topic);
    if (stream === undefined) throw new TypeError(`drift reads no topic ${topic}`);
    return stream;
  };
}
