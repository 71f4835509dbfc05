-- Silences by a person; and erasures that were cut short keep what they need until they are gone on with.

CREATE TABLE IF NOT EXISTS alert_silences_raw
(
    silence_id String COMMENT 'Random.',
    alert_id String COMMENT 'The one alert that it is about; empty: all that the other columns name.',
    signal Nullable(String) COMMENT 'Of these signals; NULL: of any.',
    subject Nullable(String) COMMENT 'Of this subject; NULL: of any.',
    model Nullable(String) COMMENT 'Of this model; NULL: of any.',
    model_version Nullable(String) COMMENT 'Of this version; NULL: of any.',
    segment Nullable(String) COMMENT 'Of this segment; empty: of all leads together; NULL: of any.',
    window_size Nullable(String) COMMENT 'Of this size of windows; NULL: of any.',
    starts_at DateTime64(3, 'UTC') COMMENT 'From when on.',
    ends_at DateTime64(3, 'UTC') COMMENT 'Until when: it ends by itself, or earlier by hand.',
    reason String COMMENT 'Why, as the person gave it.',
    actor String COMMENT 'Who silenced.',
    ended_by String COMMENT 'Who ended it by hand; empty: nobody.',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this was written.'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY silence_id
TTL toDateTime(changed_at) + INTERVAL 1100 DAY
COMMENT 'Who silenced which alerts, why and until when. Read the view "alert_silences".';

CREATE OR REPLACE VIEW alert_silences
(
    silence_id String COMMENT 'Random; alerts.silence and the comment of its copy in Alertmanager name it.',
    alert_id String COMMENT 'The one alert that it is about; empty: all that the other columns name.',
    signal Nullable(String) COMMENT 'Of these signals; NULL: of any.',
    subject Nullable(String) COMMENT 'Of this subject; NULL: of any.',
    model Nullable(String) COMMENT 'Of this model; NULL: of any.',
    model_version Nullable(String) COMMENT 'Of this version; NULL: of any.',
    segment Nullable(String) COMMENT 'Of this segment; empty: of all leads together; NULL: of any.',
    window_size Nullable(String) COMMENT 'Of this size of windows; NULL: of any.',
    starts_at DateTime64(3, 'UTC') COMMENT 'From when on.',
    ends_at DateTime64(3, 'UTC') COMMENT 'Until when; the past where it is over.',
    reason String COMMENT 'Why, as the person gave it.',
    actor String COMMENT 'Who silenced.',
    ended_by Nullable(String) COMMENT 'Who ended it by hand; NULL: nobody.'
)
AS SELECT silence_id, alert_id, signal, subject, model, model_version, segment, window_size, starts_at, ends_at, reason, actor,
    nullIf(ended_by, '') AS ended_by
FROM alert_silences_raw FINAL
COMMENT 'Alerts that a person wants nobody to be told of, for a time: the present and the past.';

ALTER TABLE alerts_raw
    ADD COLUMN IF NOT EXISTS silence String COMMENT 'The silence that held when it was published; empty: none.' AFTER importance;

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
    silence Nullable(String) COMMENT 'The silence of alert_silences that held when it was published: a person wanted nobody to be told; NULL: none.',
    position UInt64 COMMENT 'Order of publication: larger is later.',
    published_at DateTime64(3, 'UTC') COMMENT 'When it stood on scoring-alerts and here.'
)
AS SELECT alert_id, state, severity, signal, subject, segment, model, model_version, statistic, value, threshold, p_value,
    sample_size, window_size, window_start, window_end, revision, message, query, runbook, episode_started_at, raised_at,
    nullIf(silenced_by, '') AS silenced_by, importance, nullIf(silence, '') AS silence, position, ingested_at AS published_at
FROM alerts_raw FINAL
COMMENT 'Every change of an alert''s state, as published on scoring-alerts.';

ALTER TABLE alert_deliveries_raw
    MODIFY COLUMN outcome LowCardinality(String) COMMENT 'delivered | retrying | given_up | silenced (not told, as a person wished; one that fires on is told when the silence is over)';

ALTER TABLE erasing_leads MODIFY TTL toDateTime(since) + INTERVAL 400 DAY;

ALTER TABLE erasing_leads MODIFY COMMENT 'Leads that are being erased, or whose erasure was cut short and waits to be gone on with; empty otherwise. Kept as long as counts of what it took are.';
