-- A copy of a silence that was ended in Alertmanager stays ended when Alertmanager has forgotten it.

CREATE TABLE IF NOT EXISTS alert_silence_copies_raw
(
    sink LowCardinality(String) COMMENT 'alertmanager and its address.',
    silence_id String COMMENT 'The silence of alert_silences that was copied there.',
    state LowCardinality(String) COMMENT 'active | ended (there, by somebody; it is not made again)',
    seen_at DateTime64(3, 'UTC') COMMENT 'When the state was first seen to be so.'
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY (sink, silence_id)
TTL toDateTime(seen_at) + INTERVAL 90 DAY
COMMENT 'Copies of silences, which last 30 days at most, in Alertmanager. Read the view "alert_silence_copies".';

CREATE VIEW IF NOT EXISTS alert_silence_copies
(
    sink LowCardinality(String) COMMENT 'alertmanager and its address.',
    silence_id String COMMENT 'The silence of alert_silences that was copied there.',
    state LowCardinality(String) COMMENT 'active | ended (there, by somebody; it is not made again)',
    seen_at DateTime64(3, 'UTC') COMMENT 'When the state was first seen to be so.'
)
AS SELECT sink, silence_id, state, seen_at FROM alert_silence_copies_raw FINAL
COMMENT 'What has become of the copies of silences in each Alertmanager while the silence held.';
