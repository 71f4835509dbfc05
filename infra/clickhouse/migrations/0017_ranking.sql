-- drift_ranking, whose importance was an aggregate of itself.

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
