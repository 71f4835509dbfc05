import type { Dashboard } from './dashboard.ts';

/** Whether leads get their scores, and what that costs. */
export const OPERATIONS: Dashboard = {
  name: 'operations',
  title: 'Scoreline: operations',
  description: 'Whether leads get their scores, how fast, and what that costs.',
  from: 'now-6h',
  byModel: false,
  panels: [
    {
      title: 'Instances that answer',
      description: 'By job; 0 of a job is an outage of that service.',
      kind: 'stat',
      width: 3,
      queries: [{ promql: 'sum by (job) (up{job=~"scoreline-.+"})', legend: '{{job}}' }],
    },
    {
      title: 'Alerts that fire',
      description:
        "Prometheus' own, about the services. Those about leads and models are on the page of model health.",
      kind: 'table',
      width: 3,
      queries: [{ promql: 'ALERTS{alertstate="firing", alertname=~"Scoreline.+"}', legend: '{{alertname}}' }],
    },
    {
      title: 'Work that waits',
      description: 'How long it takes to score what waits, at the present rate.',
      kind: 'stat',
      width: 3,
      unit: 's',
      limits: [60, 600],
      queries: [{ promql: 'scoreline:lag_seconds:work', legend: '{{service}}' }],
    },
    {
      title: 'Dead letters',
      description: 'Share of the leads of the last five minutes that could not be scored.',
      kind: 'stat',
      width: 3,
      unit: 'percentunit',
      limits: [0.01, 0.05],
      queries: [{ promql: 'scoreline:dead_letters:share5m{service="scorer"}', legend: 'scorer' }],
    },
    {
      title: 'Leads a second',
      description: 'By scorer and shadow, counted when their transaction has committed.',
      kind: 'timeseries',
      width: 6,
      unit: 'ops',
      queries: [{ promql: 'scoreline:leads:rate5m', legend: '{{service}}' }],
    },
    {
      title: 'From lead to score',
      description: "From the lead event's Kafka timestamp to its score, within the histogram's buckets.",
      kind: 'timeseries',
      width: 6,
      unit: 's',
      limits: [0.2, 0.5],
      queries: [
        { promql: 'scoreline:latency_seconds:p50_5m{service="scorer"}', legend: 'p50' },
        { promql: 'scoreline:latency_seconds:p95_5m{service="scorer"}', legend: 'p95' },
        { promql: 'scoreline:latency_seconds:p99_5m{service="scorer"}', legend: 'p99' },
      ],
    },
    {
      title: 'Records that wait',
      description: 'Between position and log end, by consumer group; drift by topic.',
      kind: 'timeseries',
      width: 6,
      queries: [
        { promql: 'scoreline:lag_records:sum', legend: '{{group}}' },
        { promql: 'sum(scoreline_drift_lag_records)', legend: 'drift' },
      ],
    },
    {
      title: 'Dead letters and fallbacks by code',
      description: 'A second. Codes are explained in docs/dead-letters.md.',
      kind: 'timeseries',
      width: 6,
      unit: 'ops',
      queries: [
        {
          promql: 'sum by (code) (rate(scoreline_dead_letters_total{service="scorer"}[5m]))',
          legend: '{{code}}',
        },
        {
          promql: 'sum by (version, code) (rate(scoreline_fallbacks_total[5m]))',
          legend: 'fallback from {{version}}: {{code}}',
        },
      ],
    },
    {
      title: 'Transactions and inference',
      description: 'p95 of one Kafka transaction, and of one inference of a batch by version.',
      kind: 'timeseries',
      width: 6,
      unit: 's',
      queries: [
        {
          promql:
            'histogram_quantile(0.95, sum by (service, le) (rate(scoreline_transaction_seconds_bucket[5m])))',
          legend: 'transaction, {{service}}',
        },
        {
          promql:
            'histogram_quantile(0.95, sum by (version, role, le) (rate(scoreline_inference_seconds_bucket[5m])))',
          legend: 'inference, {{version}} {{role}}',
        },
      ],
    },
    {
      title: 'What goes wrong and is survived',
      description:
        'In ten minutes: transactions that failed, rebalances, ClickHouse retries, turns of tasks that failed.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          promql: 'sum by (service) (increase(scoreline_transaction_failures_total[10m]))',
          legend: 'transactions, {{service}}',
        },
        {
          promql: 'sum by (service) (increase(scoreline_rebalances_total[10m]))',
          legend: 'rebalances, {{service}}',
        },
        { promql: 'sum(increase(scoreline_drift_clickhouse_retries_total[10m]))', legend: 'ClickHouse' },
        {
          promql: 'sum by (task) (increase(scoreline_drift_task_failures_total[10m]))',
          legend: 'task {{task}}',
        },
      ],
    },
    {
      title: 'CPU',
      description: 'Cores in use, by instance.',
      kind: 'timeseries',
      width: 4,
      queries: [
        {
          promql: 'rate(process_cpu_seconds_total{job=~"scoreline-.+"}[5m])',
          legend: '{{service}} {{instance}}',
        },
      ],
    },
    {
      title: 'Memory',
      description: 'Resident, by instance.',
      kind: 'timeseries',
      width: 4,
      unit: 'bytes',
      queries: [
        { promql: 'process_resident_memory_bytes{job=~"scoreline-.+"}', legend: '{{service}} {{instance}}' },
      ],
    },
    {
      title: 'Event loop',
      description: 'p99 of its delay: above a second heartbeats are late.',
      kind: 'timeseries',
      width: 4,
      unit: 's',
      limits: [0.5, 1],
      queries: [
        {
          promql: 'nodejs_eventloop_lag_p99_seconds{job=~"scoreline-.+"}',
          legend: '{{service}} {{instance}}',
        },
      ],
    },
    {
      title: 'Latency by wall-clock window',
      description: 'Exact, as the alarms see it: by model version, from ClickHouse.',
      kind: 'timeseries',
      width: 6,
      unit: 'ms',
      limits: [200, 500],
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model, ' ', model_version) AS version,
  latency_p50_ms AS p50, latency_p95_ms AS p95, latency_p99_ms AS p99, end_to_end_p95_ms AS end_to_end_p95
FROM operation_windows
WHERE $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Leads that wait, by wall-clock window',
      description: 'Without a score when the window was measured.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, max(leads_waiting) AS leads_waiting, max(scores_per_second) AS scores_per_second
FROM operation_windows
WHERE $__timeFilter(window_start)
GROUP BY time
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Cost of 1,000 scores',
      description: 'By day: what the instances in METRICS_URLS used, at the prices of the policy.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT toDateTime(day) AS time, currency, cost_per_thousand
FROM cost_daily
WHERE $__timeFilter(time)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'What each instance uses',
      description:
        'Cores and GiB, minute by minute, as drift reads them; an instance that is away says nothing.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(service, ' ', instance) AS instance_of, cpu_cores, memory_gib
FROM spending
WHERE $__timeFilter(window_start) AND seconds > 0
ORDER BY time`,
        },
      ],
    },
  ],
};
