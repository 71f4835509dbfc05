import type { DemoConfig } from './config.ts';
import type { DemoEnvironment } from './environment.ts';
import type { ServiceName } from './service-process.ts';
import type { DemoSummary, ModelSummary } from './summary.ts';

/** The summary as a person reads it. */
export function describeSummary(summary: DemoSummary, faults: readonly string[]): string {
  const { latency_ms: latency, alerts, production, shadow } = summary;
  const subjects = summary.alert_subjects.join(', ') || 'none';
  const lines: readonly (readonly [string, string])[] = [
    ['leads', count(summary.leads)],
    [
      'scores',
      `${count(summary.scores)}, and ${count(summary.shadow_scores)} by the candidate in the shadow`,
    ],
    ['dead letters', count(summary.dead_letters)],
    [
      'lost, duplicated',
      `${count(summary.lost)}, ${count(summary.duplicates)} (read_committed, by Kafka's Java client)`,
    ],
    ['rate', `${count(summary.leads_per_second)} leads/s`],
    [
      'lead to score',
      `p50 ${count(latency.p50)} ms, p95 ${count(latency.p95)} ms, p99 ${count(latency.p99)} ms`,
    ],
    ['windows', `${count(summary.windows)} of event time`],
    [
      'alerts',
      `${alerts.critical} critical, ${alerts.warning} warning, ${alerts.info} info; they stand for ${summary.alerts_silenced} more`,
    ],
    ['  about', subjects],
    ['production', describeModel(production)],
    ['shadow', describeModel(shadow)],
    ...(shadow === null ? [] : [['  beside it', describePairs(shadow)] as const]),
    ['exactly once', faults.length === 0 ? 'yes, every lead by both models' : `NO: ${faults.join('; ')}`],
  ];
  return lines.map(([what, value]) => `  ${what.padEnd(18)}${value}`).join('\n');
}

/** What can be looked at while the demo stays up. */
export function describeUrls(
  { env }: DemoEnvironment,
  ports: Readonly<Record<ServiceName, number>>,
  { model }: DemoConfig,
): string {
  const scorer = `http://127.0.0.1:${ports.scorer}`;
  const services = Object.values(ports);
  const lead = `{"lead_id":"me","age":41,"job":"technician","contact":"cellular","poutcome":"success","euribor3m":0.9}`;
  const query = `SELECT subject, window_start, value, message FROM alerts ORDER BY raised_at LIMIT 5 FORMAT Vertical`;
  const spent = `SELECT day, scored, round(cpu_seconds, 1) AS cpu_seconds, round(cost, 6) AS cost, cost_per_thousand, currency FROM cost_daily FORMAT Vertical`;
  return [
    `  health       ${services.map((port) => `http://127.0.0.1:${port}/health`).join('  ')}`,
    `  metrics      ${services.map((port) => `http://127.0.0.1:${port}/metrics`).join('  ')}`,
    `  OpenAPI      ${scorer}/openapi.json`,
    `  Kafka        ${env.KAFKA_BROKERS}, topics ${env.TOPIC_PREFIX}lead-created, ${env.TOPIC_PREFIX}lead-scores, …`,
    `  ClickHouse   ${env.CLICKHOUSE_URL}, database ${env.CLICKHOUSE_DATABASE}`,
    '',
    `  Score a lead with ${model}:`,
    `    curl -s ${scorer}/score-lead -H 'content-type: application/json' -d '${lead}'`,
    '  Ask what fired:',
    `    curl -s '${env.CLICKHOUSE_URL}/?database=${env.CLICKHOUSE_DATABASE}' --data-binary "${query}"`,
    '  Ask what it costs (from the minute after the next on):',
    `    curl -s '${env.CLICKHOUSE_URL}/?database=${env.CLICKHOUSE_DATABASE}' --data-binary "${spent}"`,
  ].join('\n');
}

function describeModel(model: ModelSummary | null): string {
  if (model === null) return 'no outcomes yet';
  const auc = model.auc === null ? '' : `, AUC ${model.auc.toFixed(3)}`;
  return (
    `${model.model} ${model.version}: mean score ${model.mean_score.toFixed(3)}, ` +
    `converted ${model.conversion_rate.toFixed(3)}${auc}, Brier ${model.brier.toFixed(4)} (${count(model.outcomes)} outcomes)`
  );
}

function describePairs(pairs: NonNullable<DemoSummary['shadow']>): string {
  return (
    `${count(pairs.pairs)} pairs, mean difference ${pairs.mean_difference.toFixed(3)}, ` +
    `largest ${pairs.max_difference.toFixed(3)}, ${(100 * pairs.band_flip_share).toFixed(1)} % in another band`
  );
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
