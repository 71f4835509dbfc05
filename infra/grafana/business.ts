import type { Dashboard } from './dashboard.ts';

/** What the scores are worth. */
export const BUSINESS: Dashboard = {
  name: 'business',
  title: 'Scoreline: business',
  description:
    'What the scores are worth: conversion by band, revenue, lift, and what a thousand scores cost.',
  from: 'now-1y',
  byModel: true,
  panels: [
    {
      title: 'Leads by band',
      description: 'As production scored them, by day of event time.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, band, sum(leads) AS leads
FROM score_windows
ARRAY JOIN mapKeys(bands) AS band, mapValues(bands) AS leads
WHERE model = '\${model}' AND role = 'production' AND window_size = 'P1D' AND $__timeFilter(window_start)
GROUP BY time, band
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Conversion by band',
      description:
        'Of mature cohorts, with its interval in performance_metrics. Bands that convert alike are no bands.',
      kind: 'timeseries',
      width: 6,
      unit: 'percentunit',
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(at, ' ', window_size) AS band, value AS conversion
FROM performance_metrics
WHERE model = '\${model}' AND role = 'production' AND kind = 'realised' AND metric = 'band_conversion' AND value IS NOT NULL
  AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Revenue per lead',
      description: "In the CRM's currency, of mature cohorts; empty where no outcome tells any.",
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, revenue_per_lead
FROM performance_windows
WHERE model = '\${model}' AND role = 'production' AND revenue_per_lead IS NOT NULL AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Lift of the top tenth',
      description:
        'Conversions among the best-scored tenth by those of a tenth at random: 1 is no better than chance.',
      kind: 'timeseries',
      width: 6,
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, lift
FROM performance_windows
WHERE model = '\${model}' AND role = 'production' AND lift IS NOT NULL AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Conversion and what was expected',
      description: 'Of mature cohorts: how many leads converted, and how many the scores promised.',
      kind: 'timeseries',
      width: 6,
      unit: 'percentunit',
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, conversion_rate, expected / nullIf(count, 0) AS expected_rate
FROM performance_windows
WHERE model = '\${model}' AND role = 'production' AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'From lead to close',
      description: 'Median time from the lead event to its conversion.',
      kind: 'timeseries',
      width: 6,
      unit: 'ms',
      queries: [
        {
          shape: 'timeseries',
          sql: `SELECT window_start AS time, concat(model_version, ' ', window_size) AS version, close_time_ms
FROM performance_windows
WHERE model = '\${model}' AND role = 'production' AND close_time_ms IS NOT NULL AND $__timeFilter(window_start)
ORDER BY time`,
        },
      ],
    },
    {
      title: 'Cost of 1,000 scores',
      description: 'By day, idle hours included: what scorer and shadow used, at the prices of the policy.',
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
      title: 'Leads, scores and cost by day',
      description: 'The same as figures.',
      kind: 'table',
      width: 6,
      queries: [
        {
          shape: 'table',
          sql: `SELECT day, scored, round(cpu_seconds / 3600, 3) AS cpu_hours, round(memory_gib_hours, 3) AS memory_gib_hours, cost, cost_per_thousand, currency
FROM cost_daily
WHERE $__timeFilter(toDateTime(day))
ORDER BY day DESC`,
        },
      ],
    },
  ],
};
