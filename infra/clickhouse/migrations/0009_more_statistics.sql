-- What Wasserstein distance, the multivariate statistic, and the order in which to look at features need.

ALTER TABLE score_windows_raw
    ADD COLUMN IF NOT EXISTS score_offsets Map(UInt16, Float64) COMMENT 'Kolmogorov-Smirnov cell to the sum of its scores'' distances from the sample point below (cell 0: above).' AFTER score_cells,
    ADD COLUMN IF NOT EXISTS unusual_count UInt64 DEFAULT 0 COMMENT 'Leads whose unusualness was measured; 0 where the package says none.' AFTER bands,
    ADD COLUMN IF NOT EXISTS unusual_sum Float64 DEFAULT 0 COMMENT 'Sum of their squared Mahalanobis distances from the reference.' AFTER unusual_count,
    ADD COLUMN IF NOT EXISTS unusual_squares Float64 DEFAULT 0 COMMENT 'Sum of the squares of these.' AFTER unusual_sum;

ALTER TABLE feature_windows_raw
    ADD COLUMN IF NOT EXISTS offsets Map(UInt16, Float64) COMMENT 'Kolmogorov-Smirnov cell to the sum of its values'' distances from the sample point below (cell 0: above).' AFTER cells;

ALTER TABLE drift_results_raw
    ADD COLUMN IF NOT EXISTS importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL where it is no feature, or the package doesn''t say.' AFTER alarms,
    COMMENT COLUMN signal 'What it is about: feature_drift, missing_rate, prediction_drift, latency, …; docs/statistics.md has them all.',
    COMMENT COLUMN subject 'Feature name, score, bands, multivariate, overall, or the metric''s name.';

CREATE TABLE IF NOT EXISTS reference_joint
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    numbers Array(Array(Float64)) COMMENT 'Per feature, in the order of model_info.features: the number that stands for each bin.',
    whitening Array(Array(Float64)) COMMENT 'A row''s numbers times these rows are uncorrelated with variance 1 in the reference.',
    mean Float64 COMMENT 'Of the reference rows'' squared Mahalanobis distances.',
    variance Float64 COMMENT 'Of the same.',
    row_count UInt64 COMMENT 'Reference rows.',
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When drift loaded the package.'
)
ENGINE = ReplacingMergeTree(loaded_at)
ORDER BY (model, model_version)
COMMENT 'How the features of each model version went together in its reference. Read with FINAL.';
