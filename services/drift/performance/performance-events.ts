import { findMetric, type MetricName } from '@scoreline/core/performance/metric-row.ts';
import type { Telemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { Counter, Gauge } from 'prom-client';
import type { MeasuredCohort } from './cohort-store.ts';
import type { PerformanceEvents } from './performance-turn.ts';

/** Cohorts that were measured, as log line and metrics; gauges hold the newest cohort of each size. */
export function createPerformanceEvents({ log, registry }: Telemetry): PerformanceEvents {
  const metrics = createMetrics(registry);
  return {
    cohortsMeasured(scope, cohorts) {
      const { model, modelVersion, role } = scope;
      for (const cohort of cohorts) {
        const labels = { model, modelVersion, role, size: cohort.window.size.text };
        metrics.cohorts.inc({ kind: cohort.kind });
        if (cohort.revision > 0) metrics.revised.inc({ kind: cohort.kind });
        if (cohort.kind === 'estimated') setNewest(metrics.estimatedAuc, labels, cohort, 'auc');
        else {
          setNewest(metrics.auc, labels, cohort, 'auc');
          setNewest(metrics.observedOverExpected, labels, cohort, 'observed_over_expected');
        }
      }
      if (cohorts.length > 0)
        log.info({ ...scope, kind: cohorts[0]?.kind, cohorts: cohorts.length }, 'cohorts measured');
    },
  };
}

/** A gauge that goes forward in event time only: a revision of an old cohort doesn't set it. */
interface NewestGauge {
  readonly gauge: Gauge;
  readonly startMs: Map<string, number>;
}

function setNewest(
  { gauge, startMs }: NewestGauge,
  labels: Readonly<Record<string, string>>,
  { window, rows }: MeasuredCohort,
  metric: MetricName,
): void {
  const value = findMetric(rows, metric)?.value ?? null;
  const key = JSON.stringify(labels);
  if (value === null || window.startMs < (startMs.get(key) ?? -Infinity)) return;
  startMs.set(key, window.startMs);
  gauge.set(labels, value);
}

function createMetrics(registry: Telemetry['registry']) {
  const registers = [registry];
  const labelNames = ['model', 'modelVersion', 'role', 'size'];
  const newest = (name: string, help: string): NewestGauge => ({
    gauge: new Gauge({ name: `scoreline_drift_${name}`, help, labelNames, registers }),
    startMs: new Map(),
  });
  const counter = (name: string, help: string) =>
    new Counter({ name: `scoreline_drift_${name}_total`, help, labelNames: ['kind'], registers });
  return {
    cohorts: counter('cohorts', 'Cohorts measured, realised or estimated.'),
    revised: counter('cohorts_revised', 'Of them, those that a later outcome or score changed.'),
    auc: newest('auc', 'AUC of the newest mature cohort, by its size.'),
    estimatedAuc: newest(
      'estimated_auc',
      'AUC that calibrated scores let expect, of the newest closed window.',
    ),
    observedOverExpected: newest(
      'observed_over_expected',
      'Conversions by those that the scores expected, of the newest mature cohort.',
    ),
  };
}
