-- What a window was compared with (the package's reference, the latest windows, the same season), and windows of the
-- leads of one level of a feature. The views of before show all leads, as they did; segments have views of their own.

ALTER TABLE score_windows_raw
    ADD COLUMN IF NOT EXISTS segment LowCardinality(String) COMMENT 'Leads of one level of a feature, feature=level; empty: all leads.' AFTER role,
    MODIFY ORDER BY (model, model_version, role, window_size, window_start, segment);

ALTER TABLE feature_windows_raw
    ADD COLUMN IF NOT EXISTS segment LowCardinality(String) COMMENT 'Leads of one level of a feature, feature=level; empty: all leads.' AFTER role,
    MODIFY ORDER BY (model, model_version, role, window_size, window_start, feature, segment);

ALTER TABLE drift_results_raw
    ADD COLUMN IF NOT EXISTS segment LowCardinality(String) COMMENT 'Leads of one level of a feature, feature=level; empty: all leads.' AFTER role,
    ADD COLUMN IF NOT EXISTS reference String COMMENT 'What it was compared with: training, or which earlier windows; empty for none.',
    MODIFY ORDER BY (model, model_version, role, window_size, window_start, signal, subject, statistic, segment);

CREATE OR REPLACE VIEW score_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    count UInt64 COMMENT 'Leads scored.',
    mean_score Float64 COMMENT 'Mean of the scores.',
    score_bins Map(UInt16, UInt64) COMMENT 'Reference bin of the score to count.',
    bands Map(LowCardinality(String), UInt64) COMMENT 'Band to count.',
    latency_p50_ms Float64 COMMENT 'From the lead event''s Kafka timestamp to its score, within 1 %.',
    latency_p95_ms Float64 COMMENT 'The same, 95th percentile.',
    latency_p99_ms Float64 COMMENT 'The same, 99th percentile.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, revision, count,
    score_sum / count AS mean_score, score_bins, bands,
    finalizeAggregation(latency)[1] AS latency_p50_ms, finalizeAggregation(latency)[2] AS latency_p95_ms,
    finalizeAggregation(latency)[3] AS latency_p99_ms, computed_at
FROM score_windows_raw FINAL
WHERE segment = ''
COMMENT 'Scores per event-time window: counts, score histogram, bands, latency.';

CREATE OR REPLACE VIEW segment_score_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    segment LowCardinality(String) COMMENT 'Leads of one level of a feature: feature=level.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    count UInt64 COMMENT 'Leads scored.',
    mean_score Float64 COMMENT 'Mean of the scores.',
    score_bins Map(UInt16, UInt64) COMMENT 'Reference bin of the score to count.',
    bands Map(LowCardinality(String), UInt64) COMMENT 'Band to count.',
    latency_p50_ms Float64 COMMENT 'From the lead event''s Kafka timestamp to its score, within 1 %.',
    latency_p95_ms Float64 COMMENT 'The same, 95th percentile.',
    latency_p99_ms Float64 COMMENT 'The same, 99th percentile.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model, model_version, role, segment, window_size, window_start, window_end, revision, count,
    score_sum / count AS mean_score, score_bins, bands,
    finalizeAggregation(latency)[1] AS latency_p50_ms, finalizeAggregation(latency)[2] AS latency_p95_ms,
    finalizeAggregation(latency)[3] AS latency_p99_ms, computed_at
FROM score_windows_raw FINAL
WHERE segment != ''
COMMENT 'score_windows of the leads of one segment, where the policy names segments.';

CREATE OR REPLACE VIEW feature_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    feature LowCardinality(String) COMMENT 'Name in the manifest.',
    count UInt64 COMMENT 'Leads scored.',
    bins Map(UInt16, UInt64) COMMENT 'Reference bin to count, __other__ and __missing__ included; labels: reference_bins.',
    missing UInt64 COMMENT 'Leads without a value.',
    new_categories UInt64 COMMENT 'Leads with a level or value that the reference never saw.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT w.model AS model, w.model_version AS model_version, w.role AS role, w.window_size AS window_size,
    w.window_start AS window_start, w.window_end AS window_end, w.revision AS revision, w.feature AS feature,
    arraySum(mapValues(w.bins)) AS count, w.bins AS bins,
    w.bins[r.missing_bin] AS missing, w.bins[r.other_bin] AS new_categories, w.computed_at AS computed_at
FROM feature_windows_raw AS w FINAL
LEFT JOIN
(
    SELECT model, model_version, subject, maxIf(bin, kind = 'missing') AS missing_bin, maxIf(bin, kind = 'other') AS other_bin
    FROM reference_bins FINAL
    GROUP BY model, model_version, subject
) AS r ON w.model = r.model AND w.model_version = r.model_version AND w.feature = r.subject
WHERE w.segment = ''
COMMENT 'Inputs per event-time window, model version and feature: counts per reference bin, missing, new categories.';

CREATE OR REPLACE VIEW segment_feature_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    segment LowCardinality(String) COMMENT 'Leads of one level of a feature: feature=level.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    feature LowCardinality(String) COMMENT 'Name in the manifest.',
    count UInt64 COMMENT 'Leads scored.',
    bins Map(UInt16, UInt64) COMMENT 'Reference bin to count, __other__ and __missing__ included; labels: reference_bins.',
    missing UInt64 COMMENT 'Leads without a value.',
    new_categories UInt64 COMMENT 'Leads with a level or value that the reference never saw.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT w.model AS model, w.model_version AS model_version, w.role AS role, w.segment AS segment, w.window_size AS window_size,
    w.window_start AS window_start, w.window_end AS window_end, w.revision AS revision, w.feature AS feature,
    arraySum(mapValues(w.bins)) AS count, w.bins AS bins,
    w.bins[r.missing_bin] AS missing, w.bins[r.other_bin] AS new_categories, w.computed_at AS computed_at
FROM feature_windows_raw AS w FINAL
LEFT JOIN
(
    SELECT model, model_version, subject, maxIf(bin, kind = 'missing') AS missing_bin, maxIf(bin, kind = 'other') AS other_bin
    FROM reference_bins FINAL
    GROUP BY model, model_version, subject
) AS r ON w.model = r.model AND w.model_version = r.model_version AND w.feature = r.subject
WHERE w.segment != ''
COMMENT 'feature_windows of the leads of one segment, where the policy names segments.';

CREATE OR REPLACE VIEW drift_results
(
    model LowCardinality(String) COMMENT 'Model that is watched; for shadow_disagreement the candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive; event time, but wall clock for latency, error_rate, throughput.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision that the value comes from.',
    signal LowCardinality(String) COMMENT 'feature_drift | new_category | missing_rate | prediction_drift | shadow_disagreement | latency | error_rate | throughput',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Nullable(Float64) COMMENT 'The effect; NULL where there was nothing to measure against.',
    threshold Nullable(Float64) COMMENT 'The effect''s warning level, by the policy.',
    critical_value Nullable(Float64) COMMENT 'What chance alone passes with probability alpha.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    adjusted_p_value Nullable(Float64) COMMENT 'Benjamini-Hochberg across the window''s features.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    level LowCardinality(String) COMMENT 'none | warning | critical: the size of the effect alone.',
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference. drifted needs a large and a significant effect.',
    alarms Bool COMMENT 'False where the policy ignores the feature or the window size.',
    detail String COMMENT 'What changed, in words.',
    reference String COMMENT 'What it was compared with: training, or which earlier windows; empty for none.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, revision, signal, subject, statistic,
    value, threshold, critical_value, p_value, adjusted_p_value, sample_size, level, verdict, alarms, detail, reference, computed_at
FROM drift_results_raw FINAL
WHERE segment = ''
COMMENT 'Per window and signal: statistic, value, threshold, p, sample size, verdict.';

CREATE OR REPLACE VIEW segment_drift_results
(
    model LowCardinality(String) COMMENT 'Model that is watched; for shadow_disagreement the candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    segment LowCardinality(String) COMMENT 'Leads of one level of a feature: feature=level.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive; event time, but wall clock for latency, error_rate, throughput.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision that the value comes from.',
    signal LowCardinality(String) COMMENT 'feature_drift | new_category | missing_rate | prediction_drift | shadow_disagreement | latency | error_rate | throughput',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Nullable(Float64) COMMENT 'The effect; NULL where there was nothing to measure against.',
    threshold Nullable(Float64) COMMENT 'The effect''s warning level, by the policy.',
    critical_value Nullable(Float64) COMMENT 'What chance alone passes with probability alpha.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    adjusted_p_value Nullable(Float64) COMMENT 'Benjamini-Hochberg across the window''s features.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    level LowCardinality(String) COMMENT 'none | warning | critical: the size of the effect alone.',
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference. drifted needs a large and a significant effect.',
    alarms Bool COMMENT 'False where the policy ignores the feature or the window size.',
    detail String COMMENT 'What changed, in words.',
    reference String COMMENT 'What it was compared with: training, or which earlier windows; empty for none.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, role, segment, window_size, window_start, window_end, revision, signal, subject, statistic,
    value, threshold, critical_value, p_value, adjusted_p_value, sample_size, level, verdict, alarms, detail, reference, computed_at
FROM drift_results_raw FINAL
WHERE segment != ''
COMMENT 'drift_results of the leads of one segment, where the policy names segments.';
