-- Leads that asked to be forgotten: they stay away while Kafka still has their records, and windows know of the rows that went.

CREATE TABLE IF NOT EXISTS suppressed_leads
(
    lead_hash String COMMENT 'HMAC-SHA256 of the lead''s id under the installation''s ERASURE_KEY, hex; the id itself stands nowhere.',
    key_id LowCardinality(String) COMMENT 'Which key it was, by the start of a hash of it: another key recognizes nobody.',
    erasure_id String COMMENT 'The erasure that took the lead''s rows, random; a run that was cut short goes on under it.',
    state LowCardinality(String) COMMENT 'erasing | erased: erasing is a run that is under way or was cut short.',
    reason String COMMENT 'What the operator gave; holds nothing that names the lead.',
    requested_at DateTime64(3, 'UTC') COMMENT 'When it was asked for first.',
    until DateTime64(3, 'UTC') COMMENT 'By then Kafka has no record of the lead any more, and the entry goes; 2100 stands for ever.',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the state was written.'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY lead_hash
TTL toDateTime(until) + INTERVAL 1 DAY
COMMENT 'Leads whose records drift leaves unread, so that reading topics again does not bring them back. Read with FINAL.';

CREATE TABLE IF NOT EXISTS erasing_leads
(
    erasure_id String COMMENT 'The erasure that is under way.',
    lead_id String COMMENT 'Whose rows it takes; gone when it is done. Statements name the erasure, so that no log of the server holds the id.',
    since DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it began.'
)
ENGINE = MergeTree
PARTITION BY erasure_id
ORDER BY lead_id
TTL toDateTime(since) + INTERVAL 1 DAY
COMMENT 'Leads that are being erased at this moment; empty otherwise.';

CREATE TABLE IF NOT EXISTS forgotten_rows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    minute DateTime64(3, 'UTC') COMMENT 'Minute of event time.',
    erasure_id String COMMENT 'Which erasure took them, random.',
    forgotten SimpleAggregateFunction(max, UInt64) COMMENT 'Rows of lead_scores that it took.',
    forgotten_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) DEFAULT now64(3) COMMENT 'When they were counted.'
)
ENGINE = AggregatingMergeTree
ORDER BY (model, model_version, role, minute, erasure_id)
TTL toDateTime(forgotten_at) + INTERVAL 400 DAY
COMMENT 'How many scores were erased: what a window lacks by erasure is neither late nor taken by retention.';

ALTER TABLE score_windows_raw
    ADD COLUMN IF NOT EXISTS forgotten UInt64 DEFAULT 0 COMMENT 'Leads of the window that had been erased when this revision was computed: count is without them.';

ALTER TABLE shadow_windows_raw
    ADD COLUMN IF NOT EXISTS forgotten UInt64 DEFAULT 0 COMMENT 'Scores of the window, of either side, that had been erased when this revision was computed.';

ALTER TABLE lead_scores ADD INDEX IF NOT EXISTS by_ingested_at ingested_at TYPE minmax GRANULARITY 1;

ALTER TABLE lead_outcomes ADD INDEX IF NOT EXISTS by_ingested_at ingested_at TYPE minmax GRANULARITY 1;
