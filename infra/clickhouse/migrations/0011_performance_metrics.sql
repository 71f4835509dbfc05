-- How well each model version did: metrics of mature cohorts, stored once computed, each revision beside the last.

ALTER TABLE lead_outcomes ADD INDEX IF NOT EXISTS by_ingested_at ingested_at TYPE minmax GRANULARITY 1;

CREATE TABLE IF NOT EXISTS performance_metrics_raw
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time of the score, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    kind LowCardinality(String) COMMENT 'realised: from labels of a mature cohort; estimated: from calibrated scores alone, as soon as the window has closed.',
    revision UInt32 COMMENT 'Rises when a later outcome or score changes the cohort.',
    metric LowCardinality(String) COMMENT 'leads, conversions, auc, brier, …; docs/outcomes.md lists them.',
    at String COMMENT 'Threshold, k, share or band that it is told at; empty for none.',
    value Nullable(Float64) COMMENT 'NULL where there is none: reason says why.',
    low Nullable(Float64) COMMENT 'Lower bound of the 95 % interval; of an estimate: of what is realised by chance.',
    high Nullable(Float64) COMMENT 'Upper bound.',
    sample_size UInt64 COMMENT 'Leads behind the value; for NDCG groups.',
    positives Nullable(Float64) COMMENT 'Conversions behind it, expected ones for an estimate; NULL where the task has none.',
    p_value Nullable(Float64) COMMENT 'Of observed over expected: of calibrated scores. NULL elsewhere.',
    reason LowCardinality(String) COMMENT 'no_leads | one_class | too_few | nobody_predicted | nothing_expected | not_calibrated; empty where there is a value.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (model, model_version, role, window_size, window_start, kind, revision, metric, at)
TTL toDateTime(computed_at) + INTERVAL 1100 DAY
COMMENT 'One metric of one cohort in one revision. Read the views "performance_metrics" and "performance_revisions".';

CREATE TABLE IF NOT EXISTS performance_cohorts
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    kind LowCardinality(String) COMMENT 'realised | estimated',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    revision UInt32 COMMENT 'The newest that is computed.',
    scored UInt64 COMMENT 'Scores that it was computed from.',
    fingerprint String COMMENT 'Of scores and outcomes: another one makes another revision.',
    is_dirty Bool COMMENT 'An outcome has come since.',
    changed_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written.'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY (model, model_version, role, kind, window_size, window_start)
TTL toDateTime(changed_at) + INTERVAL 1100 DAY
COMMENT 'Which cohorts are computed, from what. A row is written after the metrics and decisions of its revision.';

CREATE TABLE IF NOT EXISTS performance_progress
(
    name LowCardinality(String) COMMENT 'outcomes',
    read_until DateTime64(3, 'UTC') COMMENT 'Outcomes that reached ClickHouse before have marked their cohorts.',
    changed_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written.'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY name
TTL toDateTime(changed_at) + INTERVAL 1100 DAY
COMMENT 'How far outcomes have been looked through for cohorts that they change.';

CREATE VIEW IF NOT EXISTS performance_revisions
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time of the score, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    kind LowCardinality(String) COMMENT 'realised | estimated',
    revision UInt32 COMMENT 'Above 0: a later outcome or score changed the cohort.',
    metric LowCardinality(String) COMMENT 'leads, conversions, auc, brier, …',
    at String COMMENT 'Threshold, k, share or band; empty for none.',
    value Nullable(Float64) COMMENT 'NULL where there is none: reason says why.',
    low Nullable(Float64) COMMENT 'Lower bound of the 95 % interval.',
    high Nullable(Float64) COMMENT 'Upper bound.',
    sample_size UInt64 COMMENT 'Leads behind the value; for NDCG groups.',
    positives Nullable(Float64) COMMENT 'Conversions behind it.',
    p_value Nullable(Float64) COMMENT 'Of observed over expected: of calibrated scores.',
    reason LowCardinality(String) COMMENT 'Why there is no value.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, kind, revision, metric, at, value, low, high,
    sample_size, positives, p_value, reason, computed_at
FROM performance_metrics_raw FINAL
COMMENT 'Every revision of every metric of every cohort: what a late outcome changed.';

CREATE VIEW IF NOT EXISTS performance_metrics
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time of the score, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    kind LowCardinality(String) COMMENT 'realised: from labels of a mature cohort; estimated: from calibrated scores alone.',
    revision UInt32 COMMENT 'The newest.',
    metric LowCardinality(String) COMMENT 'leads, conversions, auc, brier, …',
    at String COMMENT 'Threshold, k, share or band; empty for none.',
    value Nullable(Float64) COMMENT 'NULL where there is none: reason says why.',
    low Nullable(Float64) COMMENT 'Lower bound of the 95 % interval.',
    high Nullable(Float64) COMMENT 'Upper bound.',
    sample_size UInt64 COMMENT 'Leads behind the value; for NDCG groups.',
    positives Nullable(Float64) COMMENT 'Conversions behind it.',
    p_value Nullable(Float64) COMMENT 'Of observed over expected: of calibrated scores.',
    reason LowCardinality(String) COMMENT 'Why there is no value.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT * FROM performance_revisions
WHERE (model, model_version, role, window_size, window_start, kind, revision) IN
(
    SELECT model, model_version, role, window_size, window_start, kind, max(revision)
    FROM performance_metrics_raw
    GROUP BY model, model_version, role, window_size, window_start, kind
)
COMMENT 'The newest revision of every metric of every cohort, with its interval.';

CREATE VIEW IF NOT EXISTS performance_estimates
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time of the score, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    metric LowCardinality(String) COMMENT 'auc, average_precision, precision, recall, f1, brier, conversion',
    at String COMMENT 'Threshold; empty for none.',
    estimated Nullable(Float64) COMMENT 'What calibrated scores let expect, before any label.',
    low Nullable(Float64) COMMENT 'What is realised lies above this with 97.5 %, were the scores right.',
    high Nullable(Float64) COMMENT 'The same, below.',
    realised Nullable(Float64) COMMENT 'What labels showed; NULL until the cohort is mature.',
    error Nullable(Float64) COMMENT 'Realised minus estimated.',
    sample_size UInt64 COMMENT 'Leads behind the estimate.',
    reason LowCardinality(String) COMMENT 'Why there is no estimate: not_calibrated, …'
)
AS SELECT e.model AS model, e.model_version AS model_version, e.role AS role, e.window_size AS window_size,
    e.window_start AS window_start, e.window_end AS window_end, e.metric AS metric, e.at AS at,
    e.value AS estimated, e.low AS low, e.high AS high, r.value AS realised, r.value - e.value AS error,
    e.sample_size AS sample_size, e.reason AS reason
FROM (SELECT * FROM performance_metrics WHERE kind = 'estimated' AND metric != 'leads') AS e
LEFT JOIN (SELECT * FROM performance_metrics WHERE kind = 'realised') AS r
    ON e.model = r.model AND e.model_version = r.model_version AND e.role = r.role AND e.window_size = r.window_size
    AND e.window_start = r.window_start AND e.metric = r.metric AND e.at = r.at
COMMENT 'Performance as it was estimated before labels came, and how wrong the estimate was once they had.';

CREATE OR REPLACE VIEW performance_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'P1D, P1M and the other sizes of the policy''s performance.windows.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    count UInt64 COMMENT 'Mature scores that have a label.',
    unknown UInt64 COMMENT 'Mature scores whose outcome is not known.',
    conversions Float64 COMMENT 'Sum of the labels.',
    conversion_rate Nullable(Float64) COMMENT 'Conversions by count.',
    expected Float64 COMMENT 'Sum of the scores: conversions that the model expected.',
    observed_over_expected Nullable(Float64) COMMENT '1 for a calibrated model; the cheap alarm for concept drift.',
    auc Nullable(Float64) COMMENT 'Area under the ROC curve; NULL for other tasks than classification, or with one class only.',
    brier Nullable(Float64) COMMENT 'Mean squared error of the score against the label.',
    auc_low Nullable(Float64) COMMENT 'Lower bound of its 95 % interval.',
    auc_high Nullable(Float64) COMMENT 'Upper bound.',
    average_precision Nullable(Float64) COMMENT 'Area under the precision-recall curve.',
    lift Nullable(Float64) COMMENT 'Conversions in the best-scored tenth by those of a tenth at random.',
    ece Nullable(Float64) COMMENT 'Expected calibration error, ten bins.',
    revenue_per_lead Nullable(Float64) COMMENT 'NULL where no outcome tells any.',
    close_time_ms Nullable(Float64) COMMENT 'Median from lead to conversion.',
    estimated_auc Nullable(Float64) COMMENT 'What the scores let expect before the labels came.',
    ndcg Nullable(Float64) COMMENT 'Rankers: mean NDCG of the policy''s k.',
    spearman Nullable(Float64) COMMENT 'Regressors: rank correlation of score and truth.',
    mae Nullable(Float64) COMMENT 'Regressors: mean absolute error.',
    revision UInt32 COMMENT 'Above 0: a later outcome or score changed the cohort.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, any(w_end) AS window_end,
    toUInt64(ifNull(anyIf(m, name = 'leads'), 0)) AS count,
    toUInt64(ifNull(anyIf(m, name = 'unknown'), 0)) AS unknown,
    ifNull(anyIf(m, name = 'conversions'), 0) AS conversions,
    if(count = 0, NULL, conversions / count) AS conversion_rate,
    ifNull(anyIf(m, name = 'expected'), 0) AS expected,
    if(expected = 0, NULL, conversions / expected) AS observed_over_expected,
    anyIf(m, name = 'auc') AS auc,
    if(count = 0, NULL, anyIf(m, name = 'squared_error') / count) AS brier,
    anyIf(m_low, name = 'auc') AS auc_low,
    anyIf(m_high, name = 'auc') AS auc_high,
    anyIf(m, name = 'average_precision') AS average_precision,
    anyIf(m, name = 'lift') AS lift,
    anyIf(m, name = 'ece') AS ece,
    anyIf(m, name = 'revenue_per_lead') AS revenue_per_lead,
    anyIf(m, name = 'close_time_ms') AS close_time_ms,
    anyIf(m, name = 'estimated_auc') AS estimated_auc,
    anyIf(m, name = 'ndcg') AS ndcg,
    anyIf(m, name = 'spearman') AS spearman,
    anyIf(m, name = 'mae') AS mae,
    maxIf(m_revision, is_realised) AS revision,
    maxIf(m_computed_at, is_realised) AS computed_at
FROM
(
    SELECT model, model_version, role, window_size, window_start, window_end AS w_end, kind = 'realised' AS is_realised,
        if(kind = 'realised', toString(metric), concat('estimated_', metric)) AS name, value AS m, low AS m_low,
        high AS m_high, revision AS m_revision, computed_at AS m_computed_at
    FROM performance_metrics
)
GROUP BY model, model_version, role, window_size, window_start
HAVING countIf(is_realised) > 0
COMMENT 'How well each model version did by window of event time, on mature cohorts only; intervals: performance_metrics.';
