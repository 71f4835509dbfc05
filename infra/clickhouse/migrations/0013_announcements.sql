-- Alerts as people hear of them: who speaks for whom, what was delivered where, and how the sinks are.

ALTER TABLE alert_decisions
    ADD COLUMN IF NOT EXISTS records String DEFAULT '' COMMENT 'JSON: the changes as they are published, who speaks for whom settled, each with its position. Stored before they are, so that after a crash the same go again; empty until then.' AFTER changes;

ALTER TABLE alerts_raw
    ADD COLUMN IF NOT EXISTS silenced_by String COMMENT 'Empty: announced. The alert_id that speaks for it, or cool-down: it fired again soon after its resolve.',
    MODIFY ORDER BY (alert_id, episode_started_at, window_start, state, silenced_by);

ALTER TABLE alerts_raw
    ADD COLUMN IF NOT EXISTS importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL for what is no feature.',
    ADD COLUMN IF NOT EXISTS position UInt64 COMMENT 'Order of publication: larger is later, no two are the same. 0 before there was one.';

CREATE OR REPLACE VIEW alerts
(
    alert_id String COMMENT '<model>/<model_version>/<signal>/<statistic>/<subject>/<segment or ->/<window_size>',
    state LowCardinality(String) COMMENT 'firing | resolved',
    severity LowCardinality(String) COMMENT 'info | warning | critical',
    signal LowCardinality(String) COMMENT 'What it is about.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    segment Nullable(String) COMMENT 'NULL for all leads of production.',
    model LowCardinality(String) COMMENT 'Model that is watched.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Float64 COMMENT 'The effect in the deciding window.',
    threshold Float64 COMMENT 'Its warning level.',
    p_value Nullable(Float64) COMMENT 'Adjusted where several features were tested.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision when it was decided.',
    message String COMMENT 'One sentence that a person can act on.',
    query String COMMENT 'ClickHouse SQL that re-derives the value.',
    runbook Nullable(String) COMMENT 'Where it says what to do.',
    episode_started_at DateTime64(3, 'UTC') COMMENT 'When it began to fire; with alert_id it names one episode.',
    raised_at DateTime64(3, 'UTC') COMMENT 'When this change was decided.',
    silenced_by Nullable(String) COMMENT 'NULL: announced. The alert_id that speaks for it, or cool-down: it fired again soon after its resolve.',
    importance Nullable(Float64) COMMENT 'The feature''s share of the model''s importance; NULL for what is no feature.',
    position UInt64 COMMENT 'Order of publication: larger is later.',
    published_at DateTime64(3, 'UTC') COMMENT 'When it stood on scoring-alerts and here.'
)
AS SELECT alert_id, state, severity, signal, subject, segment, model, model_version, statistic, value, threshold, p_value,
    sample_size, window_size, window_start, window_end, revision, message, query, runbook, episode_started_at, raised_at,
    nullIf(silenced_by, '') AS silenced_by, importance, position, ingested_at AS published_at
FROM alerts_raw FINAL
COMMENT 'Every change of an alert''s state, as published on scoring-alerts.';

CREATE OR REPLACE VIEW firing_alerts
(
    alert_id String COMMENT 'See alerts.',
    severity LowCardinality(String) COMMENT 'info | warning | critical',
    signal LowCardinality(String) COMMENT 'What it is about.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    segment Nullable(String) COMMENT 'NULL for all leads of production.',
    model LowCardinality(String) COMMENT 'Model that is watched.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    value Float64 COMMENT 'The effect when it last changed.',
    message String COMMENT 'One sentence that a person can act on.',
    silenced_by Nullable(String) COMMENT 'NULL: announced. The alert_id that speaks for it, or cool-down.',
    episode_started_at DateTime64(3, 'UTC') COMMENT 'Firing since.'
)
AS SELECT alert_id, severity, signal, subject, segment, model, model_version, window_size, value, message, silenced_by,
    episode_started_at
FROM
(
    SELECT * FROM alerts ORDER BY alert_id, position DESC, window_start DESC, raised_at DESC LIMIT 1 BY alert_id
)
WHERE state = 'firing'
COMMENT 'Alerts that fire now; those that people were told of have no silenced_by.';

CREATE TABLE IF NOT EXISTS alert_deliveries_raw
(
    sink LowCardinality(String) COMMENT 'webhook, or alertmanager and its address.',
    position UInt64 COMMENT 'The change of alerts that was to be delivered.',
    alert_id String COMMENT 'Its alert.',
    outcome LowCardinality(String) COMMENT 'delivered | retrying | given_up',
    attempts UInt32 COMMENT 'How often it was tried.',
    problem String COMMENT 'Why the last attempt failed; empty where none did.',
    attempted_at DateTime64(3, 'UTC') COMMENT 'When it was last tried.',
    retry_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is tried again; NULL once it is delivered or given up.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(attempts)
ORDER BY (sink, position)
TTL toDateTime(ingested_at) + INTERVAL 1100 DAY
COMMENT 'Deliveries of announced alerts. Read the view "alert_deliveries".';

CREATE VIEW IF NOT EXISTS alert_deliveries
(
    sink LowCardinality(String) COMMENT 'webhook, or alertmanager and its address.',
    position UInt64 COMMENT 'The change of alerts that was to be delivered.',
    alert_id String COMMENT 'Its alert.',
    outcome LowCardinality(String) COMMENT 'delivered | retrying | given_up',
    attempts UInt32 COMMENT 'How often it was tried.',
    problem String COMMENT 'Why the last attempt failed; empty where none did.',
    attempted_at DateTime64(3, 'UTC') COMMENT 'When it was last tried.',
    retry_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is tried again; NULL once it is delivered or given up.'
)
AS SELECT sink, position, alert_id, outcome, attempts, problem, attempted_at, retry_at
FROM alert_deliveries_raw FINAL
COMMENT 'What became of each announced change, per sink.';

CREATE TABLE IF NOT EXISTS alert_sinks_raw
(
    sink LowCardinality(String) COMMENT 'webhook, or alertmanager and its address.',
    problem String COMMENT 'Why it can not be delivered to; empty: it can.',
    seen_at DateTime64(3, 'UTC') COMMENT 'When drift last looked.'
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY sink
TTL toDateTime(seen_at) + INTERVAL 30 DAY
COMMENT 'Where drift delivers alerts to. Read the view "alert_sinks".';

CREATE VIEW IF NOT EXISTS alert_sinks
(
    sink LowCardinality(String) COMMENT 'webhook, or alertmanager and its address.',
    problem String COMMENT 'Why it can not be delivered to; empty: it can.',
    seen_at DateTime64(3, 'UTC') COMMENT 'When drift last looked.'
)
AS SELECT sink, problem, seen_at FROM alert_sinks_raw FINAL
COMMENT 'Where drift delivers alerts to, and how that goes; one that is configured was seen within the last minutes.';
