-- A candidate beside production: whose dead letters are whose, backtests, and what analysts ask of both sides.

ALTER TABLE dead_letters_raw
    ADD COLUMN IF NOT EXISTS role LowCardinality(String) DEFAULT 'production' COMMENT 'Who gave it up: production | canary | shadow.',
    ADD COLUMN IF NOT EXISTS model LowCardinality(String) DEFAULT '' COMMENT 'Model that could not score it; empty where the dead letter does not say.',
    ADD COLUMN IF NOT EXISTS model_version LowCardinality(String) DEFAULT '' COMMENT 'Its version.';

CREATE OR REPLACE VIEW dead_letters
(
    topic LowCardinality(String) COMMENT 'The dead-letter topic: the record with its value stands there.',
    partition UInt32 COMMENT 'Its partition.',
    offset UInt64 COMMENT 'Its offset.',
    error_code LowCardinality(String) COMMENT 'Why it could not be scored.',
    error_message String COMMENT 'Names fields and types, never a lead''s values.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    schema_id Nullable(UInt32) COMMENT 'Writer''s schema; NULL where the record was too broken to say.',
    role LowCardinality(String) COMMENT 'Who gave it up: production | canary | shadow.',
    model LowCardinality(String) COMMENT 'Model that could not score it.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    failed_at DateTime64(3, 'UTC') COMMENT 'When the scorer gave it up.',
    value_bytes Nullable(UInt32) COMMENT 'Size of its value; NULL for a tombstone.'
)
AS SELECT topic, partition, offset, error_code, error_message, source_topic, source_partition, source_offset, schema_id,
    role, model, model_version, failed_at, value_bytes
FROM dead_letters_raw FINAL
COMMENT 'Lead events that could not be scored, without their payload. One that production and a candidate both gave up is two rows.';

CREATE TABLE IF NOT EXISTS backtest_runs_raw
(
    run_id String COMMENT 'Names the run, in run_id of its scores too.',
    model LowCardinality(String) COMMENT 'The candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    source_topic LowCardinality(String) COMMENT 'The topic whose past was scored.',
    partitions Array(UInt32) COMMENT 'Its partitions.',
    from_offsets Array(UInt64) COMMENT 'First offset of the range, by partition.',
    to_offsets Array(UInt64) COMMENT 'Offset after the range, by partition.',
    state LowCardinality(String) COMMENT 'running | finished',
    started_at DateTime64(3, 'UTC') COMMENT 'When it was first started.',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the state was written.'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY run_id
TTL toDateTime(changed_at) + INTERVAL 400 DAY
COMMENT 'Backtests with their ranges, fixed at the first start. Read the view "backtest_runs".';

CREATE VIEW IF NOT EXISTS backtest_runs
(
    run_id String COMMENT 'Names the run, in run_id of its scores too.',
    model LowCardinality(String) COMMENT 'The candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    source_topic LowCardinality(String) COMMENT 'The topic whose past was scored.',
    partitions Array(UInt32) COMMENT 'Its partitions.',
    from_offsets Array(UInt64) COMMENT 'First offset of the range, by partition.',
    to_offsets Array(UInt64) COMMENT 'Offset after the range, by partition.',
    state LowCardinality(String) COMMENT 'running | finished',
    started_at DateTime64(3, 'UTC') COMMENT 'When it was first started.',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was last resumed, or finished.'
)
AS SELECT run_id, model, model_version, source_topic, partitions, from_offsets, to_offsets, state, started_at, changed_at
FROM backtest_runs_raw FINAL
COMMENT 'Backtests: which version scored which range of the past.';

CREATE TABLE IF NOT EXISTS backtest_dead_letters_raw
(
    run_id String COMMENT 'The backtest''s run.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    error_code LowCardinality(String) COMMENT 'Why the candidate could not score it.',
    error_message String COMMENT 'Names fields and types, never a lead''s values.',
    failed_at DateTime64(3, 'UTC') COMMENT 'When the backtest gave it up.'
)
ENGINE = ReplacingMergeTree(failed_at)
ORDER BY (run_id, source_topic, source_partition, source_offset)
TTL toDateTime(failed_at) + INTERVAL 400 DAY
COMMENT 'What a backtest could not score. It is not published: the dead-letter topic has production''s own. Read the view "backtest_dead_letters".';

CREATE VIEW IF NOT EXISTS backtest_dead_letters
(
    run_id String COMMENT 'The backtest''s run.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    error_code LowCardinality(String) COMMENT 'Why the candidate could not score it.',
    error_message String COMMENT 'Names fields and types, never a lead''s values.',
    failed_at DateTime64(3, 'UTC') COMMENT 'When the backtest gave it up.'
)
AS SELECT run_id, source_topic, source_partition, source_offset, error_code, error_message, failed_at
FROM backtest_dead_letters_raw FINAL
COMMENT 'What backtests could not score, by run.';

CREATE VIEW IF NOT EXISTS lead_event_outcomes
(
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    label Float64 COMMENT 'The truth as a number: the graded label, or 1 and 0 for converted.',
    value Nullable(Float64) COMMENT 'Revenue in the CRM''s currency.',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the CRM recorded what stands.'
)
AS WITH
    events AS
    (
        SELECT DISTINCT lead_id, event_id, event_time, source_topic, source_partition, source_offset
        FROM lead_scores FINAL
        WHERE role = 'production'
    ),
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
    )
SELECT source_topic, source_partition, source_offset,
    argMax(answers.label, answers.recorded_at) AS label,
    argMax(tuple(answers.value), answers.recorded_at).1 AS value,
    max(answers.recorded_at) AS recorded_at
FROM answers
GROUP BY source_topic, source_partition, source_offset
COMMENT 'What became of each lead event that production scored and that has an outcome.';

CREATE VIEW IF NOT EXISTS shadow_report
(
    candidate_model LowCardinality(String) COMMENT 'The candidate.',
    candidate_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'shadow | backtest',
    run_id String COMMENT 'The backtest''s run; empty for the shadow.',
    production_model LowCardinality(String) COMMENT 'Model that served.',
    production_version LowCardinality(String) COMMENT 'Its version.',
    day Date COMMENT 'Of event time.',
    production UInt64 COMMENT 'Leads that production scored that day.',
    pairs UInt64 COMMENT 'Of these, leads that the candidate scored too; 0 is an empty shadow side.',
    difference_sum Float64 COMMENT 'Sum of candidate minus production, over the pairs.',
    absolute_difference_sum Float64 COMMENT 'Sum of the absolute differences.',
    max_absolute_difference Float64 COMMENT 'Largest absolute difference.',
    band_flips UInt64 COMMENT 'Pairs whose bands differ.',
    labelled UInt64 COMMENT 'Pairs that have an outcome already, mature or not.',
    conversions Float64 COMMENT 'Sum of their labels.',
    revenue Float64 COMMENT 'Sum of their values.',
    production_squared_error_sum Float64 COMMENT 'Sum of (production''s score - label) squared; by labelled it is the Brier score of a classifier on these alone.',
    candidate_squared_error_sum Float64 COMMENT 'The same of the candidate.'
)
AS WITH
    candidates AS
    (
        SELECT DISTINCT model, model_version, role, run_id FROM lead_scores WHERE role IN ('shadow', 'backtest')
    ),
    served AS
    (
        SELECT model, model_version, toDate(event_time) AS day, count() AS production
        FROM lead_scores FINAL
        WHERE role = 'production'
        GROUP BY model, model_version, day
    ),
    paired AS
    (
        SELECT c.model AS candidate_model, c.model_version AS candidate_version, c.role AS role, c.run_id AS run_id,
            p.model AS production_model, p.model_version AS production_version, toDate(p.event_time) AS day,
            count() AS pairs, sum(c.score - p.score) AS difference_sum, sum(abs(c.score - p.score)) AS absolute_difference_sum,
            max(abs(c.score - p.score)) AS max_absolute_difference, countIf(c.band != p.band) AS band_flips,
            countIf(o.recorded_at > 0) AS labelled, sumIf(o.label, o.recorded_at > 0) AS conversions,
            sumIf(ifNull(o.value, 0), o.recorded_at > 0) AS revenue,
            sumIf(pow(p.score - o.label, 2), o.recorded_at > 0) AS production_squared_error_sum,
            sumIf(pow(c.score - o.label, 2), o.recorded_at > 0) AS candidate_squared_error_sum
        FROM (SELECT * FROM lead_scores FINAL WHERE role = 'production') AS p
        INNER JOIN (SELECT * FROM lead_scores FINAL WHERE role IN ('shadow', 'backtest')) AS c
            ON p.source_topic = c.source_topic AND p.source_partition = c.source_partition AND p.source_offset = c.source_offset
        LEFT JOIN lead_event_outcomes AS o
            ON p.source_topic = o.source_topic AND p.source_partition = o.source_partition AND p.source_offset = o.source_offset
        GROUP BY candidate_model, candidate_version, role, run_id, production_model, production_version, day
    )
SELECT g.candidate_model AS candidate_model, g.candidate_version AS candidate_version, g.role AS role, g.run_id AS run_id,
    g.production_model AS production_model, g.production_version AS production_version, g.day AS day,
    g.production AS production, paired.pairs AS pairs, paired.difference_sum AS difference_sum,
    paired.absolute_difference_sum AS absolute_difference_sum, paired.max_absolute_difference AS max_absolute_difference,
    paired.band_flips AS band_flips, paired.labelled AS labelled, paired.conversions AS conversions,
    paired.revenue AS revenue, paired.production_squared_error_sum AS production_squared_error_sum,
    paired.candidate_squared_error_sum AS candidate_squared_error_sum
FROM
(
    SELECT candidates.model AS candidate_model, candidates.model_version AS candidate_version, candidates.role AS role,
        candidates.run_id AS run_id, served.model AS production_model, served.model_version AS production_version,
        served.day AS day, served.production AS production
    FROM candidates CROSS JOIN served
) AS g
LEFT JOIN paired ON g.candidate_model = paired.candidate_model AND g.candidate_version = paired.candidate_version
    AND g.role = paired.role AND g.run_id = paired.run_id AND g.production_model = paired.production_model
    AND g.production_version = paired.production_version AND g.day = paired.day
COMMENT 'Candidate beside production, by day: the parts of the shadow report that add up. Days on which the candidate said nothing are there too.';
