-- What SQL needs to know of each model package, so that every drift number can be re-derived here.

CREATE TABLE IF NOT EXISTS model_info
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    task LowCardinality(String) COMMENT 'classification | regression | ranking',
    features Array(String) COMMENT 'Names in the order of input_numbers, input_levels and bins.',
    bands Array(String) COMMENT 'Best first.',
    outcome_horizon_ms UInt64 COMMENT 'How long an outcome may take, by the policy.',
    without_outcome LowCardinality(String) COMMENT 'negative | unknown: what no outcome by the horizon means.',
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When drift loaded the package.'
)
ENGINE = ReplacingMergeTree(loaded_at)
ORDER BY (model, model_version)
COMMENT 'Model packages that drift has seen.';

CREATE TABLE IF NOT EXISTS reference_bins
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    subject LowCardinality(String) COMMENT 'Feature name; (score) and (bands) for the score.',
    bin UInt16 COMMENT 'Ordinary bins 0…B-1, then __other__, then __missing__.',
    kind LowCardinality(String) COMMENT 'ordinary | other | missing',
    label String COMMENT 'Level, value or interval.',
    upper_edge Nullable(Float64) COMMENT 'Intervals: lower < x <= upper_edge; NULL for the last and for levels.',
    count UInt64 COMMENT 'Reference rows in the bin.',
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When drift loaded the package.'
)
ENGINE = ReplacingMergeTree(loaded_at)
ORDER BY (model, model_version, subject, bin)
COMMENT 'The frozen reference distribution of each model version. Read with FINAL.';

CREATE TABLE IF NOT EXISTS reference_samples
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    subject LowCardinality(String) COMMENT 'Feature name; (score) for the score.',
    value Float64 COMMENT 'A distinct value of the sorted sample.',
    position UInt16 COMMENT '1 for the smallest.',
    count UInt32 COMMENT 'How often the value is in the sample.',
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When drift loaded the package.'
)
ENGINE = ReplacingMergeTree(loaded_at)
ORDER BY (model, model_version, subject, value)
COMMENT 'The reference sample that Kolmogorov-Smirnov is measured against. Read with FINAL.';
