-- Results with the importance of what they are about, and the order in which to look at features.

CREATE OR REPLACE VIEW drift_results
(
    model LowCardinality(String) COMMENT 'Model that is watched; for shadow_disagreement the candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive; event time, but wall clock for latency, error_rate, throughput.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision that the value comes from.',
    signal LowCardinality(String) COMMENT 'What it is about: feature_drift, missing_rate, prediction_drift, latency, …; docs/statistics.md has them all.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, multivariate, overall, or the metric''s name.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Nullable(Float64) COMMENT 'The effect; NULL where there was nothing to measure against.',
    threshold Nullable(Float64) COMMENT 'The effect''s warning level, by the policy.',
    critical_value Nullable(Float64) COMMENT 'What chance alone passes with probability alpha.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    adjusted_p_value Nullable(Float64) COMMENT 'Benjamini-Hochberg across the window''s features.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    level LowCardinality(String) COMMENT 'none | warning | critical: the size of the effect alone.',
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference. drifted needs a large and a significant effect.',
    alarms Bool COMMENT 'False where the policy ignores the feature, the window size or the statistic.',
    importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL where it is no feature, or the package doesn''t say.',
    detail String COMMENT 'What changed, in words.',
    reference String COMMENT 'What it was compared with: training, or which earlier windows; empty for none.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, revision, signal, subject, statistic,
    value, threshold, critical_value, p_value, adjusted_p_value, sample_size, level, verdict, alarms, importance, detail, reference, computed_at
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
    signal LowCardinality(String) COMMENT 'What it is about: feature_drift, missing_rate, prediction_drift, latency, …; docs/statistics.md has them all.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, multivariate, overall, or the metric''s name.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Nullable(Float64) COMMENT 'The effect; NULL where there was nothing to measure against.',
    threshold Nullable(Float64) COMMENT 'The effect''s warning level, by the policy.',
    critical_value Nullable(Float64) COMMENT 'What chance alone passes with probability alpha.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    adjusted_p_value Nullable(Float64) COMMENT 'Benjamini-Hochberg across the window''s features.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    level LowCardinality(String) COMMENT 'none | warning | critical: the size of the effect alone.',
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference. drifted needs a large and a significant effect.',
    alarms Bool COMMENT 'False where the policy ignores the feature, the window size or the statistic.',
    importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL where it is no feature, or the package doesn''t say.',
    detail String COMMENT 'What changed, in words.',
    reference String COMMENT 'What it was compared with: training, or which earlier windows; empty for none.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, role, segment, window_size, window_start, window_end, revision, signal, subject, statistic,
    value, threshold, critical_value, p_value, adjusted_p_value, sample_size, level, verdict, alarms, importance, detail, reference, computed_at
FROM drift_results_raw FINAL
WHERE segment != ''
COMMENT 'drift_results of the leads of one segment, where the policy names segments.';

CREATE OR REPLACE VIEW drift_ranking
(
    model LowCardinality(String) COMMENT 'Model that is watched.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Of the latest window of this size; inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    position UInt64 COMMENT '1: look here first.',
    feature LowCardinality(String) COMMENT 'Name in the manifest.',
    weighted_effect Float64 COMMENT 'The largest effect by its own warning limit, times the importance: what the order goes by.',
    importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL where the package doesn''t say, and it counts as 1.',
    signal LowCardinality(String) COMMENT 'Of the largest effect.',
    statistic LowCardinality(String) COMMENT 'The same.',
    value Float64 COMMENT 'The effect.',
    threshold Float64 COMMENT 'Its warning limit.',
    drifted Bool COMMENT 'Whether anything of the feature has drifted: a large and a significant effect.',
    detail String COMMENT 'What changed, in words.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end,
    row_number() OVER (PARTITION BY model, model_version, role, window_size ORDER BY weighted_effect DESC, feature) AS position,
    feature, weighted_effect, importance, largest.1 AS signal, largest.2 AS statistic, largest.3 AS value,
    largest.4 AS threshold, drifted, largest.5 AS detail
FROM
(
    SELECT model, model_version, role, window_size, window_start, window_end, subject AS feature, any(r.importance) AS importance,
        argMax((signal, statistic, assumeNotNull(value), assumeNotNull(threshold), detail), value / threshold) AS largest,
        max(value / threshold) * ifNull(any(r.importance), 1) AS weighted_effect, max(verdict = 'drifted') AS drifted
    FROM drift_results AS r
    WHERE signal IN ('feature_drift', 'missing_rate', 'new_category') AND statistic NOT IN ('mahalanobis', 'weighted_share')
        AND threshold > 0 AND verdict IN ('ok', 'drifted')
        AND (model, model_version, role, window_size, window_start) IN
        (
            SELECT model, model_version, role, window_size, max(window_start)
            FROM drift_results WHERE signal = 'feature_drift'
            GROUP BY model, model_version, role, window_size
        )
    GROUP BY model, model_version, role, window_size, window_start, window_end, subject
)
COMMENT 'The latest window of each size: features in the order in which to look at them, effect weighted by importance.';
