-- What the topics hold, row by row. Reading a record twice changes nothing: rows with the same sorting key
-- replace each other, and the views read with FINAL. Retention counts from ingestion, never from event time.

CREATE TABLE IF NOT EXISTS lead_scores
(
    event_id String COMMENT 'Id of the lead event; an id that the CRM sent twice stays two rows with two sources.',
    lead_id String COMMENT 'The lead.',
    group_id String COMMENT 'The query or list that a ranker orders within; empty for none.',
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    run_id String COMMENT 'The backtest''s run; empty elsewhere.',
    experiment_id String COMMENT 'The rollout or A/B test that assigned the version; empty for none.',
    score Float64 COMMENT 'Calibrated probability for classifiers; the model''s own scale otherwise.',
    band LowCardinality(String) COMMENT 'Band of the model''s manifest that the score falls in.',
    reasons Array(Tuple(feature String, value Nullable(String), contribution Float64)) COMMENT 'Largest contributions first.',
    input_numbers Array(Nullable(Float64)) COMMENT 'Numeric inputs in the manifest''s feature order; NULL where missing or not numeric. Names: model_info.features.',
    input_levels Array(Nullable(String)) COMMENT 'Categorical inputs in the manifest''s feature order; NULL where missing or numeric.',
    bins Array(UInt16) COMMENT 'Index of each feature''s reference bin, in the manifest''s order; labels: reference_bins.',
    event_time DateTime64(3, 'UTC') COMMENT 'When the lead event happened.',
    scored_at DateTime64(3, 'UTC') COMMENT 'When it was scored.',
    inference_us Nullable(UInt32) COMMENT 'The batch''s inference time divided by its rows.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    source_timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the lead event.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.',
    INDEX by_lead lead_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_event event_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_scored_at scored_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (model, model_version, role, toDate(event_time), source_topic, source_partition, source_offset, run_id)
TTL toDateTime(ingested_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Scores as read from lead-scores and lead-shadow-scores. Identity: source, model, version, role, run. Read the view "scores".';

CREATE TABLE IF NOT EXISTS lead_outcomes
(
    lead_id String COMMENT 'The lead.',
    event_id String COMMENT 'The lead event that it answers; empty: the lead''s newest event before occurred_at.',
    converted Bool COMMENT 'Whether the lead converted.',
    label Nullable(Float64) COMMENT 'The graded truth for regressors and rankers; NULL: converted is the label.',
    value Nullable(Float64) COMMENT 'Revenue in the CRM''s currency.',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened.',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the CRM recorded it; corrections carry a later one.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (lead_id, event_id, recorded_at)
TTL toDateTime(ingested_at) + INTERVAL 800 DAY
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Outcomes as read from lead-outcomes, corrections included. Read the view "outcomes".';

CREATE TABLE IF NOT EXISTS dead_letters_raw
(
    topic LowCardinality(String) COMMENT 'The dead-letter topic.',
    partition UInt32 COMMENT 'Partition.',
    offset UInt64 COMMENT 'Offset.',
    error_code LowCardinality(String) COMMENT 'Why it could not be scored.',
    error_message String COMMENT 'Names fields and types, never a lead''s values.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    schema_id Nullable(UInt32) COMMENT 'Writer''s schema; NULL where the record was too broken to say.',
    failed_at DateTime64(3, 'UTC') COMMENT 'When the scorer gave it up.',
    value_bytes Nullable(UInt32) COMMENT 'Size of the record''s value; NULL for a tombstone. The value itself stays in the topic.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (topic, partition, offset)
TTL toDateTime(ingested_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Provenance of each dead letter, without its payload. Read the view "dead_letters".';

CREATE TABLE IF NOT EXISTS stream_progress
(
    stream LowCardinality(String) COMMENT 'Topic name without prefix.',
    partition UInt32 COMMENT 'Partition.',
    max_event_time SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'Largest event time that is not ahead of its own Kafka timestamp.',
    active_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the partition last had a record, or was assigned anew.',
    read_until SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'Records with Kafka timestamps up to here have been read.'
)
ENGINE = AggregatingMergeTree
ORDER BY (stream, partition)
COMMENT 'How far event time has come per partition; the watermark is computed from it.';

CREATE TABLE IF NOT EXISTS dirty_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    mark_id String COMMENT 'Which records made the window dirty: <stream>-<partition>-<first offset>-<last offset>@<first timestamp>.',
    done UInt8 COMMENT '1 once the window has been computed from rows that include the mark''s.',
    marked_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the mark was written.'
)
ENGINE = ReplacingMergeTree(done)
ORDER BY (model, model_version, role, window_size, window_start, mark_id)
TTL toDateTime(marked_at) + INTERVAL 7 DAY DELETE WHERE done = 1
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Windows that hold rows not yet counted. A mark is written after its rows and before their offsets are committed.';
