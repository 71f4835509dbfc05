-- Wishes to train a model anew, and the written reports of days and weeks.

CREATE TABLE IF NOT EXISTS retraining_requests_raw
(
    topic LowCardinality(String) COMMENT 'The stream''s retraining-requested, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands.',
    published_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record.',
    accepted Bool COMMENT 'Whether it counts.',
    revision UInt64 COMMENT 'The log''s revision after it.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    event_id String COMMENT 'UUID of the attempt; empty where the record can not be read, and so in what follows.',
    expected_revision Int64 COMMENT 'The revision that the decision was made at; -1 where the record can not be read.',
    type LowCardinality(String) COMMENT 'suggestion | order | unknown',
    request_id String COMMENT '<model>-<n>, the model''s n-th request.',
    model LowCardinality(String) COMMENT 'To be trained anew.',
    model_version LowCardinality(String) COMMENT 'In production then: what the evidence is about.',
    reason LowCardinality(String) COMMENT 'The strongest: schedule | new_labels | drift | performance | critical_drift | manual',
    evidence String COMMENT 'JSON of all reasons: detail, value, threshold, sample size, window, SQL; the strongest first.',
    passed_cool_down Bool COMMENT 'Whether it came in an earlier suggestion''s cool-down, for a stronger reason.',
    actor String COMMENT 'policy, or the person.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When, by the writer''s clock.',
    cool_down_until DateTime64(3, 'UTC') COMMENT 'Until then the policy asks for no other training of this model.',
    labels_from Nullable(DateTime64(3, 'UTC')) COMMENT 'When the CRM recorded the oldest label; NULL where none is known, and so in what follows.',
    labels_to Nullable(DateTime64(3, 'UTC')) COMMENT 'When it recorded the newest.',
    labels Nullable(UInt64) COMMENT 'Leads of this model with a known outcome.',
    positives Nullable(UInt64) COMMENT 'Of these, converted.',
    new_labels Nullable(UInt64) COMMENT 'Of these, recorded since the training or the last request.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY (topic, offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Every record of retraining-requested with what became of it. Kept for ever, as the topic is. Read the view "retraining_requests".';

CREATE VIEW IF NOT EXISTS retraining_requests
(
    topic LowCardinality(String) COMMENT 'The stream''s retraining-requested, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands; the order of requests.',
    accepted Bool COMMENT 'Whether it counts.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    request_id String COMMENT '<model>-<n>, the model''s n-th request.',
    model LowCardinality(String) COMMENT 'To be trained anew.',
    model_version LowCardinality(String) COMMENT 'In production then: what the evidence is about.',
    mode LowCardinality(String) COMMENT 'suggestion | order | unknown',
    reason LowCardinality(String) COMMENT 'The strongest: schedule | new_labels | drift | performance | critical_drift | manual',
    evidence String COMMENT 'JSON of all reasons: detail, value, threshold, sample size, window, SQL; the strongest first.',
    passed_cool_down Bool COMMENT 'Whether it came in an earlier suggestion''s cool-down, for a stronger reason.',
    requested_by String COMMENT 'policy, or the person.',
    requested_at DateTime64(3, 'UTC') COMMENT 'When, by the writer''s clock.',
    cool_down_until DateTime64(3, 'UTC') COMMENT 'Until then the policy asks for no other training of this model.',
    labels_from Nullable(DateTime64(3, 'UTC')) COMMENT 'When the CRM recorded the oldest label; NULL where none is known, and so in what follows.',
    labels_to Nullable(DateTime64(3, 'UTC')) COMMENT 'When it recorded the newest.',
    labels Nullable(UInt64) COMMENT 'Leads of this model with a known outcome.',
    positives Nullable(UInt64) COMMENT 'Of these, converted.',
    new_labels Nullable(UInt64) COMMENT 'Of these, recorded since the training or the last request.'
)
AS SELECT topic, offset, accepted, ignored_code, ignored_reason, request_id, model, model_version, type AS mode, reason,
    evidence, passed_cool_down, actor AS requested_by, decided_at AS requested_at, cool_down_until,
    labels_from, labels_to, labels, positives, new_labels
FROM retraining_requests_raw FINAL
COMMENT 'Who wished a model to be trained anew, when and why; also what did not count.';

CREATE TABLE IF NOT EXISTS reports_raw
(
    id String COMMENT '<period>-<first day>-<model>, of a report by event time with -event at the end.',
    period LowCardinality(String) COMMENT 'daily | weekly',
    clock LowCardinality(String) COMMENT 'wall: what was scored then; event: what happened then.',
    model LowCardinality(String) COMMENT 'Which model it is about.',
    starts_at DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    ends_at DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    title String COMMENT 'For a list of reports.',
    summary String COMMENT 'In a sentence or two.',
    leads UInt64 COMMENT 'Leads scored in it.',
    markdown String COMMENT 'The whole report.',
    html String COMMENT 'The same as one page with charts, without script or anything to fetch.',
    created_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was written; written again it replaces itself.'
)
ENGINE = ReplacingMergeTree(created_at)
ORDER BY id
TTL toDateTime(created_at) + INTERVAL 1100 DAY
COMMENT 'Written reports. They hold figures, never a lead''s data. Read the view "reports".';

CREATE VIEW IF NOT EXISTS reports
(
    id String COMMENT '<period>-<first day>-<model>, of a report by event time with -event at the end.',
    period LowCardinality(String) COMMENT 'daily | weekly',
    clock LowCardinality(String) COMMENT 'wall: what was scored then; event: what happened then.',
    model LowCardinality(String) COMMENT 'Which model it is about.',
    starts_at DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    ends_at DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    title String COMMENT 'For a list of reports.',
    summary String COMMENT 'In a sentence or two.',
    leads UInt64 COMMENT 'Leads scored in it.',
    markdown String COMMENT 'The whole report.',
    html String COMMENT 'The same as one page with charts, without script or anything to fetch.',
    created_at DateTime64(3, 'UTC') COMMENT 'When it was written.'
)
AS SELECT id, period, clock, model, starts_at, ends_at, title, summary, leads, markdown, html, created_at
FROM reports_raw FINAL
COMMENT 'Written reports of days and weeks.';
