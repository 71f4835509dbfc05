-- Performance: only cohorts whose outcomes have had their time, by the policy of each model.

CREATE VIEW IF NOT EXISTS labelled_scores
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    run_id String COMMENT 'The backtest''s run; empty elsewhere.',
    task LowCardinality(String) COMMENT 'classification | regression | ranking',
    event_id String COMMENT 'Id of the lead event.',
    lead_id String COMMENT 'The lead.',
    event_time DateTime64(3, 'UTC') COMMENT 'When the lead event happened.',
    score Float64 COMMENT 'What the model said.',
    band LowCardinality(String) COMMENT 'Its band.',
    outcome_known Bool COMMENT 'Whether an outcome has come.',
    label Nullable(Float64) COMMENT 'The truth; without an outcome 0 where the policy says negative, else NULL.',
    value Nullable(Float64) COMMENT 'Revenue in the CRM''s currency.'
)
AS WITH
    (SELECT max(max_event_time) FROM stream_progress WHERE stream = 'lead-scores') AS as_of,
    events AS (SELECT DISTINCT lead_id, event_id, event_time, source_topic, source_partition, source_offset FROM lead_scores FINAL),
    answers AS
    (
        SELECT e.source_topic AS source_topic, e.source_partition AS source_partition, e.source_offset AS source_offset,
            o.label AS label, o.value AS value, o.recorded_at AS recorded_at
        FROM (SELECT * FROM outcomes WHERE event_id != '') AS o
        INNER JOIN events AS e ON o.lead_id = e.lead_id AND o.event_id = e.event_id
        UNION ALL
        SELECT e.source_topic, e.source_partition, e.source_offset, o.label, o.value, o.recorded_at
        FROM (SELECT * FROM outcomes WHERE event_id = '') AS o
        ASOF INNER JOIN events AS e ON o.lead_id = e.lead_id AND o.occurred_at >= e.event_time
    ),
    newest AS
    (
        SELECT source_topic, source_partition, source_offset,
            argMax(label, recorded_at) AS label, argMax(value, recorded_at) AS value, true AS known
        FROM answers
        GROUP BY source_topic, source_partition, source_offset
    )
SELECT s.model AS model, s.model_version AS model_version, s.role AS role, s.run_id AS run_id, m.task AS task,
    s.event_id AS event_id, s.lead_id AS lead_id, s.event_time AS event_time, s.score AS score, s.band AS band,
    n.known AS outcome_known,
    multiIf(n.known, n.label, m.without_outcome = 'negative', 0., NULL) AS label,
    if(n.known, n.value, NULL) AS value
FROM (SELECT * FROM lead_scores FINAL) AS s
INNER JOIN (SELECT * FROM model_info FINAL) AS m ON s.model = m.model AND s.model_version = m.model_version
LEFT JOIN newest AS n
    ON s.source_topic = n.source_topic AND s.source_partition = n.source_partition AND s.source_offset = n.source_offset
WHERE toUnixTimestamp64Milli(s.event_time) + m.outcome_horizon_ms <= toUnixTimestamp64Milli(as_of)
COMMENT 'Scores whose outcome horizon has passed in event time, with what became of them.';

CREATE VIEW IF NOT EXISTS performance_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'P1D or P1M.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    count UInt64 COMMENT 'Mature scores that have a label.',
    unknown UInt64 COMMENT 'Mature scores whose outcome is not known.',
    conversions Float64 COMMENT 'Sum of the labels.',
    conversion_rate Nullable(Float64) COMMENT 'Conversions by count.',
    expected Float64 COMMENT 'Sum of the scores: conversions that the model expected.',
    observed_over_expected Nullable(Float64) COMMENT '1 for a calibrated model; the cheap alarm for concept drift.',
    auc Nullable(Float64) COMMENT 'Area under the ROC curve; NULL for other tasks than classification, or with one class only.',
    brier Nullable(Float64) COMMENT 'Mean squared error of the score against the label.'
)
AS SELECT model, model_version, role, size AS window_size,
    toDateTime64(if(size = 'P1D', toStartOfDay(event_time), toDateTime(toStartOfMonth(event_time), 'UTC')), 3, 'UTC') AS window_start,
    if(size = 'P1D', addDays(window_start, 1), addMonths(window_start, 1)) AS window_end,
    countIf(label IS NOT NULL) AS count,
    countIf(label IS NULL) AS unknown,
    ifNull(sum(label), 0) AS conversions,
    if(count = 0, NULL, conversions / count) AS conversion_rate,
    sumIf(score, label IS NOT NULL) AS expected,
    if(expected = 0, NULL, conversions / expected) AS observed_over_expected,
    if(any(task) = 'classification' AND conversions > 0 AND conversions < count,
        arrayROCAUC(groupArrayIf(score, label IS NOT NULL), groupArrayIf(assumeNotNull(label), label IS NOT NULL)), NULL) AS auc,
    avg(pow(score - label, 2)) AS brier
FROM labelled_scores
ARRAY JOIN ['P1D', 'P1M'] AS size
WHERE role != 'backtest'
GROUP BY model, model_version, role, size, window_start
COMMENT 'How well each model version did, by day and month of event time, on mature cohorts only.';
