import type { Dashboard } from './dashboard.ts';

/** Whether the models still fit the leads. */
export const MODEL_HEALTH: Dashboard = {
  name: 'model-health',
  title: 'Scoreline: model health',
  description:
    'Whether the models still fit the leads: drift, windows, alerts, performance estimated and realised.',
  from: 'now-90d',
  byModel: true,
  panels: [
    {
      title: 'Alerts that fire',
      description: 'Of the model, announced ones; what each stands for is in firing_alerts.',
      kind: 'table',
      width: 12,
      queries: [
        {
          shape: 'table',
          sql: `SELECT episode_started_at AS since, severity, signal, subject, model_version, window_size, round(value, 4) AS value, message
FROM firing_alerts
WHERE model = '\${model}' AND silenced_by IS NULL
ORDER BY indexOf(['critical', 'warning', 'info'], severity), since`,
        },
      ],
    },
    {
      title: 'What to look at first',
      description: "Features of the latest window, by effect over its limit times the model's importance.",
      kind: 'table',
      width: 6,
      queries: [
        {
          shape: 'table',
          sql: `SELECT position, feature, round(weighted_effect, 3) AS weighted, round(importance, 3) AS share_of_importance, statistic,
  round(value, 3) AS effect, threshold, drifted, detail, model_version, window_size, window_start
FROM drift_ranking
WHERE model = '\${model}' AND role = 'production' AND position <= 10
ORDER BY window_size, model_version, position`,
        },
      ],
    },
    {
      title: 'Drift as a whole',
      description:
        'Share of the importance that stands on drifted features, and the features taken together.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(subject, ' ', statistic, ' ', model_version, ' ', window_size) AS what, value
FROM drift_results
WHERE model = '\${model}' AND role = 'production' AND subject IN ('overall', 'multivariate') AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'PSI by feature',
      description:
        "By window, the largest of the day's sizes. Above .2 the policy calls it drift where it is significant too.",
      kind: 'heatmap',
      width: 12,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, subject AS feature, max(value) AS psi
FROM drift_results
WHERE model = '\${model}' AND role = 'production' AND signal = 'feature_drift' AND statistic = 'psi' AND $__timeFilter(window_start)
GROUP BY time, feature
ORDER BY time, feature`,
        },
      ],
    },
    {
      title: 'PSI of the scores',
      description: 'The predictions against those of training.',
      kind: 'timeseries',
      width: 6,
      limits: [0.2, 0.5],
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, value AS psi
FROM drift_results
WHERE model = '\${model}' AND role = 'production' AND signal = 'prediction_drift' AND statistic = 'psi' AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Leads by window',
      description: 'Scores in each window of event time; a revision above 0 says that events came late.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', toString(role), ' ', window_size) AS version, count AS leads, revision
FROM score_windows
WHERE model = '\${model}' AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Alerts by day',
      description: 'Those that began to fire, by severity; silenced ones apart.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT toStartOfDay(window_end) AS time, concat(toString(severity), if(silenced_by IS NULL, '', ', silenced')) AS kind, uniqExact(alert_id, episode_started_at) AS alerts
FROM alerts
WHERE model = '\${model}' AND state = 'firing' AND $__timeFilter(window_end)
GROUP BY time, kind
ORDER BY time`,
        },
      ],
    },
    {
      title: 'How far event time has come',
      description:
        'Behind the wall clock, by role: windows close as it passes them. A replay has times of its own.',
      kind: 'timeseries',
      width: 6,
      unit: 's',
      queries: [
        {
          promql: 'time() - max by (role) (scoreline_drift_watermark_timestamp_seconds)',
          legend: '{{role}}',
        },
      ],
    },
    {
      title: 'AUC, estimated and realised',
      description:
        'Estimated from the calibrated scores as soon as a window closes, realised once its outcomes are in.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', toString(kind), ' ', window_size) AS what, value AS auc
FROM performance_metrics
WHERE model = '\${model}' AND role = 'production' AND metric = 'auc' AND value IS NOT NULL AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Observed over expected conversions',
      description: '1 for a calibrated model; above it leads convert more than the scores say.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, observed_over_expected
FROM performance_windows
WHERE model = '\${model}' AND role = 'production' AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Candidate beside production',
      description: 'Share of pairs whose band differs, and how many leads the candidate has scored too.',
      kind: 'timeseries',
      width: 12,
      unit: 'percentunit',
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(candidate_version, ' ', window_size) AS candidate, band_flip_share, coverage
FROM shadow_windows
WHERE candidate_model = '\${model}' AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
  ],
};
