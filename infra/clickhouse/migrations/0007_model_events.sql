-- Decisions about models: who, when, why. The registry itself is the topic; this is for reading.

CREATE TABLE IF NOT EXISTS model_events_raw
(
    topic LowCardinality(String) COMMENT 'The stream''s model-registry, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands.',
    published_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record.',
    accepted Bool COMMENT 'Whether it counts.',
    revision UInt64 COMMENT 'The registry''s revision after it.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    event_id String COMMENT 'UUID of the attempt; empty where the record can not be read, and so in what follows.',
    expected_revision Int64 COMMENT 'The revision that the decision was made at; -1 where the record can not be read.',
    type LowCardinality(String) COMMENT 'registered | staged | approved | promoted | rejected | archived | rolled_back | aliased | unknown',
    model LowCardinality(String) COMMENT 'Of the version decided on.',
    model_version LowCardinality(String) COMMENT 'The version decided on; of a rollback the one that scores again.',
    alias String COMMENT 'The alias that was set; empty for none.',
    actor String COMMENT 'Who decided.',
    reason String COMMENT 'Why.',
    artifact_uri String COMMENT 'registered: where the package lies.',
    manifest_sha256 String COMMENT 'registered: the package''s bytes.',
    evidence String COMMENT 'JSON of the gate''s state at the decision; empty where it was not asked.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When, by the decider''s clock.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY (topic, offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Every record of model-registry with what became of it. Kept for ever, as the topic is. Read the view "model_events".';

CREATE VIEW IF NOT EXISTS model_events
(
    topic LowCardinality(String) COMMENT 'The stream''s model-registry, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands; the order of decisions.',
    published_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record.',
    accepted Bool COMMENT 'Whether it counts.',
    revision UInt64 COMMENT 'The registry''s revision after it.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    event_id String COMMENT 'UUID of the attempt; empty where the record can not be read, and so in what follows.',
    expected_revision Int64 COMMENT 'The revision that the decision was made at; -1 where the record can not be read.',
    type LowCardinality(String) COMMENT 'registered | staged | approved | promoted | rejected | archived | rolled_back | aliased | unknown',
    model LowCardinality(String) COMMENT 'Of the version decided on.',
    model_version LowCardinality(String) COMMENT 'The version decided on; of a rollback the one that scores again.',
    alias String COMMENT 'The alias that was set; empty for none.',
    actor String COMMENT 'Who decided.',
    reason String COMMENT 'Why.',
    artifact_uri String COMMENT 'registered: where the package lies.',
    manifest_sha256 String COMMENT 'registered: the package''s bytes.',
    evidence String COMMENT 'JSON of the gate''s state at the decision; empty where it was not asked.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When, by the decider''s clock.'
)
AS SELECT topic, offset, published_at, accepted, revision, ignored_code, ignored_reason, event_id, expected_revision,
    type, model, model_version, alias, actor, reason, artifact_uri, manifest_sha256, evidence, decided_at
FROM model_events_raw FINAL
COMMENT 'Who decided what about which model version, when and why; also what did not count.';
