import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { BatchReaderEvents } from '@scoreline/runtime/kafka/read-batches.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { SweepEvents } from './erasure/sweep.ts';
import type { IngestEvents } from './ingest/ingest.ts';
import type { StoreEvents } from './ingest/store.ts';
import type { ModelCatalogEvents } from './models.ts';
import { createNotificationEvents, type NotificationEvents } from './notifications/notification-events.ts';
import type { OperationsEvents } from './operations/watch-operations.ts';
import { createPerformanceEvents } from './performance/performance-events.ts';
import type { PerformanceEvents } from './performance/performance-turn.ts';
import type { SpendingEvents } from './spending/watch-spending.ts';
import type { ReportEvents } from './reporting/report-turn.ts';
import type { RetrainingWatchEvents } from './retraining/retraining-deps.ts';
import type { CloseEvents } from './windows/close-together.ts';
import { createWindowEvents } from './windows/window-events.ts';

/** The facts of drift, each emitted as its log line and its metrics together. Logs never carry lead data. */
export interface DriftEvents
  extends
    BatchReaderEvents,
    NotificationEvents,
    IngestEvents,
    StoreEvents,
    SweepEvents,
    ModelCatalogEvents,
    CloseEvents,
    OperationsEvents,
    PerformanceEvents,
    SpendingEvents,
    RetrainingWatchEvents,
    ReportEvents {
  alertsPublished(alerts: readonly ScoringAlert[]): void;
  lagMeasured(lag: ReadonlyMap<string, number>): void;
  /** How long the oldest alert has waited to be published; 0: none waits. */
  unpublishedMeasured(waitingMs: number): void;
  taskFailed(task: string, error: unknown): void;
}

/** Metrics are created once per registry; names and labels are listed in docs/telemetry.md. */
export function createDriftEvents(telemetry: Telemetry): DriftEvents {
  const { log, registry } = telemetry;
  const metrics = createMetrics(registry);
  return {
    ...createPerformanceEvents(telemetry),
    ...createNotificationEvents(telemetry),
    ...readerEvents(log, metrics),
    ...ingestEvents(log, metrics),
    ...erasureEvents(log, metrics),
    ...createWindowEvents(telemetry),
    ...operationEvents(log, metrics),
    instanceAway(instance, error) {
      metrics.instancesAway.inc({ instance });
      log.warn({ instance, err: error }, 'an instance does not say what it uses');
    },
    reportWritten(id, durationMs) {
      metrics.reports.inc();
      log.info({ report: id, durationMs }, 'report written');
    },
    retrainingRequested({ model, mode, request_id: request, reasons }) {
      const [strongest] = reasons;
      metrics.retraining.inc({ model, mode, reason: strongest?.reason ?? 'none' });
      log.warn(
        { model, mode, request, reasons: reasons.map(({ detail }) => detail) },
        'training anew is wished',
      );
    },
    taskFailed(task, error) {
      metrics.taskFailures.inc({ task });
      log.warn({ task, err: error }, 'a task failed and will be tried again');
    },
  };
}

type Log = Telemetry['log'];
type Metrics = ReturnType<typeof createMetrics>;

function readerEvents(log: Log, metrics: Metrics): BatchReaderEvents & Pick<DriftEvents, 'lagMeasured'> {
  return {
    joined(assignment) {
      metrics.rebalances.inc();
      log.info({ assignment: Object.fromEntries(assignment) }, 'joined the consumer group');
    },
    batchFailed(topic, partition, error) {
      metrics.batchFailures.inc();
      log.warn({ topic, partition, err: error }, 'a batch failed: it comes again');
    },
    consumerCrashed(error, restarts) {
      log.error({ err: error, restarts }, 'the Kafka consumer crashed');
    },
    clientLog: (level, message) => log[level](message),
    lagMeasured(lag) {
      metrics.lag.reset();
      for (const [partition, records] of lag) metrics.lag.set({ partition }, records);
    },
  };
}

/** How many, never who. */
function erasureEvents(log: Log, metrics: Metrics): SweepEvents & Pick<StoreEvents, 'rowsLeftOut'> {
  return {
    rowsLeftOut(table, rows) {
      metrics.leftOut.inc({ table }, rows);
      log.debug({ table, rows }, 'records of forgotten leads left out');
    },
    rowsSwept(rows) {
      metrics.swept.inc(rows);
      log.info({ rows }, 'rows of forgotten leads that had come in meanwhile erased');
    },
    erasuresUnfinished(count) {
      metrics.unfinished.set(count);
      if (count > 0)
        log.warn(
          { erasures: count },
          'a run of scoreline forget was cut short: run it again for the same lead',
        );
    },
  };
}

function ingestEvents(
  log: Log,
  metrics: Metrics,
): IngestEvents & Omit<StoreEvents, 'rowsLeftOut'> & ModelCatalogEvents {
  return {
    batchRead({ stream, batch, poison, ahead }) {
      metrics.recordsIn.inc({ stream }, batch.records.length);
      if (ahead > 0) metrics.ahead.inc({ stream }, ahead);
      for (const { code, offset } of poison) {
        metrics.poison.inc({ stream, code });
        log.warn({ code, topic: batch.topic, partition: batch.partition, offset }, 'record can not be read');
      }
    },
    rowsStored(table, rows, durationMs) {
      metrics.rows.inc({ table }, rows);
      metrics.insert.observe(durationMs / 1e3);
    },
    clickHouseAway(error, retryInMs) {
      metrics.away.inc();
      log.warn({ err: error, retryInMs }, 'ClickHouse can not be written to');
    },
    modelKnown(version) {
      metrics.modelInfo.set({ ...version }, 1);
      log.info(version, 'model package known');
    },
    segmentsLeftOut(version, problems) {
      log.warn({ ...version, problems }, 'segments of the policy that this version has no place for');
    },
    modelUnknown(version, reason) {
      metrics.modelInfo.set({ ...version }, 0);
      log.warn(
        { ...version, reason },
        'no model package: its scores are kept and counted, but have no verdict',
      );
    },
  };
}

function operationEvents(
  log: Log,
  metrics: Metrics,
): OperationsEvents & Pick<DriftEvents, 'alertsPublished' | 'unpublishedMeasured'> {
  return {
    operationsMeasured({ model, model_version: modelVersion, ...row }) {
      metrics.operationCount.set({ model, modelVersion }, row.count);
      metrics.endToEnd.set({ model, modelVersion }, (row.end_to_end_p95_ms ?? 0) / 1e3);
      if (row.leads_waiting !== null) metrics.leadsWaiting.set(row.leads_waiting);
      if (row.cost_per_thousand !== null)
        metrics.cost.set({ model, modelVersion, currency: row.currency }, row.cost_per_thousand);
      log.debug({ model, modelVersion, ...row }, 'operations measured');
    },
    unpublishedMeasured: (waitingMs) => metrics.unpublished.set(waitingMs / 1e3),
    alertsPublished(alerts) {
      for (const { alert_id, state, severity, signal, message } of alerts) {
        metrics.alerts.inc({ state, severity, signal });
        log.warn({ alertId: alert_id, state, severity, message }, 'alert');
      }
    },
  };
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function createMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `scoreline_drift_${name}_total`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `scoreline_drift_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string) =>
    new Histogram({ name: `scoreline_drift_${name}_seconds`, help, buckets: SECONDS, registers });
  const version = ['model', 'modelVersion'];
  return {
    recordsIn: counter('records_in', 'Records read, by stream.', ['stream']),
    poison: counter('poison', 'Records that can not be read, by stream and code.', ['stream', 'code']),
    ahead: counter('ahead_of_record', 'Events from after Kafka got them, by stream.', ['stream']),
    rows: counter('rows', 'Rows written to ClickHouse, by table.', ['table']),
    leftOut: counter(
      'rows_left_out',
      'Rows of forgotten leads that were read again and left out, by table.',
      ['table'],
    ),
    swept: counter('rows_swept', 'Rows of forgotten leads that were erased after they had come in.'),
    unfinished: gauge('erasures_unfinished', 'Runs of scoreline forget that were cut short.'),
    away: counter('clickhouse_retries', 'Writes that ClickHouse did not take at once.'),
    batchFailures: counter('batch_failures', 'Batches that were given back to Kafka.'),
    taskFailures: counter('task_failures', 'Turns of a background task that failed, by task.', ['task']),
    rebalances: counter('rebalances', 'Joins of the consumer group.'),
    alerts: counter('alerts', 'Alert changes published.', ['state', 'severity', 'signal']),
    reports: counter('reports', 'Reports written.'),
    retraining: counter('retraining_requests', 'Trainings that the policy has asked for.', [
      'model',
      'mode',
      'reason',
    ]),
    insert: seconds('insert', 'Time of an insert into ClickHouse.'),
    lag: gauge('lag_records', 'Records not yet processed, by topic/partition.', ['partition']),
    unpublished: gauge('alerts_unpublished_seconds', 'How long the oldest unpublished alert has waited.'),
    modelInfo: gauge('model_info', '1 for a version whose package is known, 0 for one without.', version),
    operationCount: gauge('scores_per_window', 'Leads scored in the last wall-clock window.', version),
    leadsWaiting: gauge('leads_waiting', 'Leads without a score when the last window was measured.'),
    instancesAway: counter('instances_away', 'Instances of METRICS_URLS that said nothing.', ['instance']),
    cost: gauge('cost_per_thousand_scores', 'Cost of 1,000 scores over the last day, by currency.', [
      ...version,
      'currency',
    ]),
    endToEnd: gauge(
      'end_to_end_p95_seconds',
      'p95 from a lead event’s Kafka timestamp to its row in ClickHouse.',
      version,
    ),
  };
}
