-- What a silence held back has its day to be told from the silence's end on.

ALTER TABLE alert_deliveries_raw
    ADD COLUMN IF NOT EXISTS due_since DateTime64(3, 'UTC') DEFAULT toDateTime64(0, 3, 'UTC') COMMENT 'Since when it is to be told: its publication or, where it was silenced, the silence''s end; a day later it is given up. 1970 before this was stored.' AFTER retry_at;

CREATE OR REPLACE VIEW alert_deliveries
(
    sink LowCardinality(String) COMMENT 'webhook, or alertmanager and its address.',
    position UInt64 COMMENT 'The change of alerts that was to be delivered.',
    alert_id String COMMENT 'Its alert.',
    outcome LowCardinality(String) COMMENT 'delivered | retrying | given_up | silenced (not told, as a person wished; one that fires on is told when the silence is over)',
    attempts UInt32 COMMENT 'How often it was tried.',
    problem String COMMENT 'Why the last attempt failed; empty where none did.',
    attempted_at DateTime64(3, 'UTC') COMMENT 'When it was last tried.',
    retry_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is tried again; NULL once it is delivered or given up.',
    due_since DateTime64(3, 'UTC') COMMENT 'Since when it is to be told: its publication or, where it was silenced, the silence''s end; a day later it is given up. 1970 before this was stored.'
)
AS SELECT sink, position, alert_id, outcome, attempts, problem, attempted_at, retry_at, due_since
FROM alert_deliveries_raw FINAL
COMMENT 'What became of each announced change, per sink.';
