-- What drift computes. Each row is replaced by its next revision; a revision above 0 means that events came late.

CREATE TABLE IF NOT EXISTS score_windows_raw
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'Rises when events come after the window has closed.',
    count UInt64 COMMENT 'Leads scored.',
    score_sum Float64 COMMENT 'Sum of the scores.',
    score_bins Map(UInt16, UInt64) COMMENT 'Reference bin to count; empty without a reference.',
    score_cells Map(UInt16, UInt64) COMMENT 'Kolmogorov-Smirnov cell to count: cell 2i-1 is the i-th sample point, even cells the gaps.',
    bands Map(LowCardinality(String), UInt64) COMMENT 'Band to count.',
    latency AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Float64) COMMENT 'Milliseconds from the lead event''s Kafka timestamp to its score, within 1 %.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (model, model_version, role, window_size, window_start)
TTL toDateTime(computed_at) + INTERVAL 1100 DAY
COMMENT 'Scores per event-time window. Read the view "score_windows".';

CREATE TABLE IF NOT EXISTS feature_windows_raw
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    feature LowCardinality(String) COMMENT 'Name in the manifest.',
    revision UInt32 COMMENT 'Rises when events come after the window has closed.',
    bins Map(UInt16, UInt64) COMMENT 'Reference bin to count, __other__ and __missing__ included.',
    cells Map(UInt16, UInt64) COMMENT 'Kolmogorov-Smirnov cell to count; empty where the reference has no sample.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (model, model_version, role, window_size, window_start, feature)
TTL toDateTime(computed_at) + INTERVAL 1100 DAY
COMMENT 'Inputs per event-time window. Read the view "feature_windows".';

CREATE TABLE IF NOT EXISTS shadow_windows_raw
(
    model LowCardinality(String) COMMENT 'The candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'Rises when events come after the window has closed.',
    production UInt64 COMMENT 'Leads that production scored.',
    shadow UInt64 COMMENT 'Leads that the candidate scored.',
    pairs UInt64 COMMENT 'Of production''s, leads that the candidate scored too.',
    difference_sum Float64 COMMENT 'Sum of candidate minus production.',
    absolute_difference_sum Float64 COMMENT 'Sum of the absolute differences.',
    max_absolute_difference Float64 COMMENT 'Largest absolute difference.',
    flip_matrix Map(String, UInt64) COMMENT '"<production band> > <candidate band>" to count, both equal included.',
    band_flips UInt64 COMMENT 'Pairs whose bands differ.',
    spearman Nullable(Float64) COMMENT 'Rank correlation; NULL below two pairs or where one side is constant.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (model, model_version, window_size, window_start)
TTL toDateTime(computed_at) + INTERVAL 1100 DAY
COMMENT 'A candidate beside production per event-time window. Read the view "shadow_windows".';

CREATE TABLE IF NOT EXISTS operation_windows_raw
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    count UInt64 COMMENT 'Leads scored.',
    dead_letters UInt64 COMMENT 'Lead events that could not be scored.',
    latency_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its score.',
    latency_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    latency_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    end_to_end_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its row in ClickHouse.',
    end_to_end_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    end_to_end_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    last_score_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Newest score up to the window''s end.',
    caught_up UInt8 COMMENT '0: drift had not read everything yet, so the window has no verdict.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (model, model_version, window_size, window_start)
TTL toDateTime(computed_at) + INTERVAL 400 DAY
COMMENT 'Service per wall-clock window. Read the view "operation_windows".';

CREATE TABLE IF NOT EXISTS drift_results_raw
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'Rises when events come after the window has closed.',
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
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference',
    alarms Bool COMMENT 'False where the policy ignores the feature or the window size.',
    detail String COMMENT 'What changed, in words.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this revision was computed.'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (model, model_version, role, window_size, window_start, signal, subject, statistic)
TTL toDateTime(computed_at) + INTERVAL 1100 DAY
COMMENT 'One statistic of one subject in one window. Read the view "drift_results".';

CREATE TABLE IF NOT EXISTS alert_decisions
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | pairs (a candidate beside production)',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    clock LowCardinality(String) COMMENT 'event | wall',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision when it was decided; later ones never alarm.',
    state String COMMENT 'JSON: what the alerts of this scope remember after the window.',
    changes String COMMENT 'JSON: the records for scoring-alerts, in order.',
    published UInt8 COMMENT '1 once the changes stand on the topic.',
    decided_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was decided.'
)
ENGINE = ReplacingMergeTree(published)
ORDER BY (model, model_version, role, window_size, clock, window_start)
TTL toDateTime(decided_at) + INTERVAL 1100 DAY
COMMENT 'Each window is decided once: the memory and the changes of one decision in one row, so that a crash loses neither.';

CREATE TABLE IF NOT EXISTS alerts_raw
(
    alert_id String COMMENT '<model>/<model_version>/<signal>/<statistic>/<subject>/<segment or ->/<window_size>',
    state LowCardinality(String) COMMENT 'firing | resolved',
    severity LowCardinality(String) COMMENT 'info | warning | critical',
    signal LowCardinality(String) COMMENT 'What it is about.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    segment Nullable(String) COMMENT 'NULL for all leads of production.',
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Float64 COMMENT 'The effect in the deciding window.',
    threshold Float64 COMMENT 'Its warning level.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'Rises when events come after the window has closed.',
    message String COMMENT 'One sentence that a person can act on.',
    query String COMMENT 'ClickHouse SQL that re-derives the value.',
    runbook Nullable(String) COMMENT 'Where it says what to do.',
    episode_started_at DateTime64(3, 'UTC') COMMENT 'With alert_id it names one episode.',
    raised_at DateTime64(3, 'UTC') COMMENT 'When this change was decided.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY (alert_id, episode_started_at, window_start, state)
TTL toDateTime(ingested_at) + INTERVAL 1100 DAY
COMMENT 'Changes of alert states as published on scoring-alerts. Read the view "alerts".';
