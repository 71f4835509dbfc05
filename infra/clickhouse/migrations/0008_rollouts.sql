-- Rollouts: who scored which lead instead of whom, what was decided and measured, and what each arm brought.

ALTER TABLE lead_scores
    ADD COLUMN IF NOT EXISTS fallback_from LowCardinality(String) DEFAULT '' COMMENT 'The version that the experiment assigned, where it could not score the lead and this one did instead; empty otherwise.' AFTER experiment_id,
    ADD COLUMN IF NOT EXISTS fallback_code LowCardinality(String) DEFAULT '' COMMENT 'Why it could not, as the error_code of dead letters.' AFTER fallback_from;

CREATE OR REPLACE VIEW scores
(
    event_id String COMMENT 'Id of the lead event; an id that the CRM sent twice stays two rows with two sources.',
    lead_id String COMMENT 'The lead.',
    group_id String COMMENT 'The query or list that a ranker orders within; empty for none.',
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    run_id String COMMENT 'The backtest''s run; empty elsewhere.',
    experiment_id String COMMENT 'The rollout or A/B test that assigned the version; empty for none.',
    fallback_from LowCardinality(String) COMMENT 'The version that the experiment assigned, where it could not score the lead and this one did instead; empty otherwise.',
    fallback_code LowCardinality(String) COMMENT 'Why it could not, as the error_code of dead letters.',
    score Float64 COMMENT 'Calibrated probability for classifiers; the model''s own scale otherwise.',
    band LowCardinality(String) COMMENT 'Band of the model''s manifest that the score falls in.',
    reasons Array(Tuple(feature String, value Nullable(String), contribution Float64)) COMMENT 'Largest contributions first.',
    input_numbers Array(Nullable(Float64)) COMMENT 'Numeric inputs in the order of model_info.features; NULL where missing or not numeric.',
    input_levels Array(Nullable(String)) COMMENT 'Categorical inputs in the order of model_info.features; NULL where missing or numeric.',
    bins Array(UInt16) COMMENT 'Reference bin of each input, in the order of model_info.features.',
    event_time DateTime64(3, 'UTC') COMMENT 'When the lead event happened.',
    scored_at DateTime64(3, 'UTC') COMMENT 'When it was scored.',
    inference_us Nullable(UInt32) COMMENT 'The batch''s inference time divided by its rows.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    source_timestamp DateTime64(3, 'UTC') COMMENT 'Its Kafka timestamp.',
    ingested_at DateTime64(3, 'UTC') COMMENT 'When the row reached ClickHouse.'
)
AS SELECT event_id, lead_id, group_id, model, model_version, role, run_id, experiment_id, fallback_from, fallback_code,
    score, band, reasons, input_numbers, input_levels, bins, event_time, scored_at, inference_us,
    source_topic, source_partition, source_offset, source_timestamp, ingested_at
FROM lead_scores FINAL
COMMENT 'One row per lead event, model version and role: what was scored, from what, when.';

CREATE OR REPLACE VIEW lead_event_outcomes
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
        WHERE role IN ('production', 'canary')
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
COMMENT 'What became of each lead event that production or a canary scored and that has an outcome.';

CREATE TABLE IF NOT EXISTS rollout_events_raw
(
    topic LowCardinality(String) COMMENT 'The stream''s rollouts, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands.',
    published_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record.',
    accepted Bool COMMENT 'Whether it counts.',
    revision UInt64 COMMENT 'The log''s revision after it.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    event_id String COMMENT 'UUID of the attempt; empty where the record can not be read, and so in what follows.',
    expected_revision Int64 COMMENT 'The revision that the decision was made at; -1 where the record can not be read.',
    type LowCardinality(String) COMMENT 'started | advanced | paused | resumed | promoting | completed | rolled_back | aborted | unknown',
    rollout_id String COMMENT 'The experiment_id of the scores that it assigns.',
    plan String COMMENT 'started: JSON of what the rollout goes by: control, treatments, steps, checks, horizon_ms; empty otherwise.',
    step UInt16 COMMENT 'The step of the plan, from 0.',
    share Nullable(Float64) COMMENT 'What each treatment''s share is multiplied by from now on; 0: production scores all leads. NULL where it does not count.',
    registry_revision Nullable(UInt64) COMMENT 'completed: the model registry''s revision at which the version is in Production.',
    actor String COMMENT 'Who decided; controller: the policy did.',
    reason String COMMENT 'Why.',
    evidence String COMMENT 'JSON of the evaluation at the decision; empty where there was none.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When, by the decider''s clock.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY (topic, offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Every record of rollouts with what became of it. Kept for ever, as the topic is. Read the view "rollout_events".';

CREATE OR REPLACE VIEW rollout_events
(
    topic LowCardinality(String) COMMENT 'The stream''s rollouts, with its prefix.',
    offset UInt64 COMMENT 'Where the record stands; the order of decisions.',
    published_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record.',
    accepted Bool COMMENT 'Whether it counts.',
    revision UInt64 COMMENT 'The log''s revision after it.',
    ignored_code LowCardinality(String) COMMENT 'Why it does not count; empty: it does.',
    ignored_reason String COMMENT 'The same in words.',
    event_id String COMMENT 'UUID of the attempt; empty where the record can not be read, and so in what follows.',
    expected_revision Int64 COMMENT 'The revision that the decision was made at; -1 where the record can not be read.',
    type LowCardinality(String) COMMENT 'started | advanced | paused | resumed | promoting | completed | rolled_back | aborted | unknown',
    rollout_id String COMMENT 'The experiment_id of the scores that it assigns.',
    plan String COMMENT 'started: JSON of what the rollout goes by: control, treatments, steps, checks, horizon_ms; empty otherwise.',
    step UInt16 COMMENT 'The step of the plan, from 0.',
    share Nullable(Float64) COMMENT 'What each treatment''s share is multiplied by from now on; 0: production scores all leads. NULL where it does not count.',
    registry_revision Nullable(UInt64) COMMENT 'completed: the model registry''s revision at which the version is in Production.',
    actor String COMMENT 'Who decided; controller: the policy did.',
    reason String COMMENT 'Why.',
    evidence String COMMENT 'JSON of the evaluation at the decision; empty where there was none.',
    decided_at DateTime64(3, 'UTC') COMMENT 'When, by the decider''s clock.'
)
AS SELECT topic, offset, published_at, accepted, revision, ignored_code, ignored_reason, event_id, expected_revision,
    type, rollout_id, plan, step, share, registry_revision, actor, reason, evidence, decided_at
FROM rollout_events_raw FINAL
COMMENT 'Who decided what about which canary or A/B test, when and why; also what did not count.';

CREATE TABLE IF NOT EXISTS rollout_evaluations_raw
(
    rollout_id String COMMENT 'The rollout.',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When it was measured.',
    step UInt16 COMMENT 'The step of the plan then, from 0.',
    share Float64 COMMENT 'What each treatment''s share was multiplied by then.',
    check_name LowCardinality(String) COMMENT 'error_rate | latency | kpi | score_drift | shadow_disagreement | sample_ratio',
    model LowCardinality(String) COMMENT 'The treatment.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    on_failure LowCardinality(String) COMMENT 'roll_back | pause: what its failing does.',
    state LowCardinality(String) COMMENT 'success | failure | inconclusive | advisory',
    value Nullable(Float64) COMMENT 'What was measured; NULL where nothing could be.',
    limit Float64 COMMENT 'What it is held against.',
    sample UInt64 COMMENT 'Leads behind the value.',
    detail String COMMENT 'The same in words.',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row reached ClickHouse.'
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (rollout_id, evaluated_at, check_name, model, model_version)
TTL toDateTime(ingested_at) + INTERVAL 180 DAY
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Each measurement of each rollout. Read the view "rollout_evaluations".';

CREATE OR REPLACE VIEW rollout_evaluations
(
    rollout_id String COMMENT 'The rollout.',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When it was measured.',
    step UInt16 COMMENT 'The step of the plan then, from 0.',
    share Float64 COMMENT 'What each treatment''s share was multiplied by then.',
    check_name LowCardinality(String) COMMENT 'error_rate | latency | kpi | score_drift | shadow_disagreement | sample_ratio',
    model LowCardinality(String) COMMENT 'The treatment.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    on_failure LowCardinality(String) COMMENT 'roll_back | pause: what its failing does.',
    state LowCardinality(String) COMMENT 'success | failure | inconclusive | advisory',
    value Nullable(Float64) COMMENT 'What was measured; NULL where nothing could be.',
    limit Float64 COMMENT 'What it is held against.',
    sample UInt64 COMMENT 'Leads behind the value.',
    detail String COMMENT 'The same in words.'
)
AS SELECT rollout_id, evaluated_at, step, share, check_name, model, model_version, on_failure, state, value, limit, sample, detail
FROM rollout_evaluations_raw FINAL
COMMENT 'What was measured of each rollout when, beside its limits.';

CREATE OR REPLACE VIEW experiment_results
(
    experiment_id String COMMENT 'The rollout or A/B test.',
    kind LowCardinality(String) COMMENT 'canary | ab_test',
    model LowCardinality(String) COMMENT 'The arm''s model.',
    model_version LowCardinality(String) COMMENT 'The arm''s version.',
    is_control Bool COMMENT 'Whether it is production''s version, which the others are compared with.',
    planned_share Float64 COMMENT 'Of all leads, at the last step.',
    leads UInt64 COMMENT 'Leads whose first event in the experiment was assigned to this arm, whoever scored it.',
    failed_leads UInt64 COMMENT 'Of these, leads with an event that the arm''s version could not score.',
    mature_leads UInt64 COMMENT 'Of these, leads whose outcome has had its time (the plan''s horizon), in event time.',
    labelled_leads UInt64 COMMENT 'Of the mature leads, those whose outcome is known; by the plan no outcome may mean no conversion.',
    conversions UInt64 COMMENT 'Of the labelled leads.',
    conversion_rate Nullable(Float64) COMMENT 'Conversions by labelled leads.',
    revenue Nullable(Float64) COMMENT 'Sum of the values of the labelled leads'' outcomes; NULL where none has a value.',
    revenue_sum_of_squares Nullable(Float64) COMMENT 'Sum of the squared revenue of each labelled lead: for intervals.',
    revenue_per_lead Nullable(Float64) COMMENT 'Revenue by labelled leads.',
    events UInt64 COMMENT 'Lead events that were assigned to this arm; as a share rises, a lead may have come from the control.',
    fallbacks UInt64 COMMENT 'Of these, events that the arm''s version could not score.',
    inference_p50_us Nullable(Float64) COMMENT 'Inference time per lead, of events that the arm''s version scored.',
    inference_p95_us Nullable(Float64) COMMENT 'The same, 95th percentile.',
    first_scored_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The arm''s first event.',
    last_scored_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Its latest.'
)
AS WITH
    (SELECT toUnixTimestamp64Milli(max(max_event_time)) FROM stream_progress WHERE stream = 'lead-scores') AS as_of,
    plans AS
    (
        SELECT rollout_id AS experiment_id, JSONExtractString(plan, 'kind') AS kind,
            JSONExtractInt(plan, 'horizon_ms') AS horizon_ms, JSONExtractString(plan, 'without_outcome') AS without_outcome,
            JSONExtract(plan, 'control', 'Tuple(model String, version String)') AS control,
            JSONExtract(plan, 'treatments', 'Array(Tuple(model String, version String, share Float64))') AS treatments,
            arrayMax(JSONExtract(plan, 'steps', 'Array(Tuple(share Float64))').share) AS last_share
        FROM rollout_events
        WHERE accepted AND type = 'started'
    ),
    arms AS
    (
        SELECT experiment_id, kind, arm.1 AS model, arm.2 AS model_version, arm.3 AS is_control, arm.4 AS planned_share
        FROM plans
        ARRAY JOIN arrayConcat(
            [(control.model, control.version, true, 1 - last_share * arraySum(treatments.share))],
            arrayMap(t -> (t.model, t.version, false, last_share * t.share), treatments)) AS arm
    ),
    assigned AS
    (
        SELECT experiment_id, lead_id, role = 'production' AND fallback_from = '' AS is_control,
            toString(if(fallback_from = '', model_version, fallback_from)) AS arm_version, fallback_from != '' AS is_fallback,
            toUnixTimestamp64Milli(event_time) AS event_ms, scored_at, inference_us,
            toUnixTimestamp64Milli(scored_at) * 1048576 + source_offset % 1048576 AS place
        FROM lead_scores FINAL
        WHERE experiment_id != '' AND role IN ('production', 'canary')
    ),
    by_event AS
    (
        SELECT experiment_id, is_control, arm_version, count() AS events, countIf(is_fallback) AS fallbacks,
            quantilesExactIf(0.5, 0.95)(inference_us, NOT is_fallback AND inference_us IS NOT NULL) AS inference,
            countIf(NOT is_fallback AND inference_us IS NOT NULL) AS timed,
            min(scored_at) AS first_scored_at, max(scored_at) AS last_scored_at
        FROM assigned
        GROUP BY experiment_id, is_control, arm_version
    ),
    exposed AS
    (
        SELECT experiment_id, lead_id, argMin(a.is_control, place) AS is_control, argMin(a.arm_version, place) AS arm_version,
            argMin(a.event_ms, place) AS event_ms, max(is_fallback) AS has_fallback
        FROM assigned AS a
        GROUP BY experiment_id, lead_id
    ),
    answered AS
    (
        SELECT lead_id, groupArray((toUnixTimestamp64Milli(occurred_at), converted, ifNull(value, 0.), isNotNull(value))) AS answers
        FROM outcomes
        GROUP BY lead_id
    ),
    cohort AS
    (
        SELECT e.experiment_id AS experiment_id, e.is_control AS is_control, e.arm_version AS arm_version,
            e.has_fallback AND NOT e.is_control AS has_failed, e.event_ms + p.horizon_ms <= as_of AS is_mature,
            arrayFilter(answer -> answer.1 >= e.event_ms, o.answers) AS after,
            is_mature AND (notEmpty(after) OR p.without_outcome = 'negative') AS is_labelled,
            arrayExists(answer -> answer.2, after) AS converted,
            if(arrayExists(answer -> answer.4, after), arraySum(after.3), NULL) AS value
        FROM exposed AS e
        INNER JOIN plans AS p ON e.experiment_id = p.experiment_id
        LEFT JOIN answered AS o ON e.lead_id = o.lead_id
    ),
    by_lead AS
    (
        SELECT experiment_id, is_control, arm_version, count() AS leads, countIf(has_failed) AS failed_leads,
            countIf(is_mature) AS mature_leads, countIf(is_labelled) AS labelled_leads,
            countIf(is_labelled AND converted) AS conversions, sumIf(value, is_labelled) AS revenue,
            sumIf(value * value, is_labelled) AS revenue_sum_of_squares
        FROM cohort
        GROUP BY experiment_id, is_control, arm_version
    )
SELECT a.experiment_id AS experiment_id, a.kind AS kind, a.model AS model, a.model_version AS model_version,
    a.is_control AS is_control, a.planned_share AS planned_share, l.leads AS leads, l.failed_leads AS failed_leads,
    l.mature_leads AS mature_leads, l.labelled_leads AS labelled_leads, l.conversions AS conversions,
    if(l.labelled_leads = 0, NULL, l.conversions / l.labelled_leads) AS conversion_rate,
    l.revenue AS revenue, l.revenue_sum_of_squares AS revenue_sum_of_squares, l.revenue / l.labelled_leads AS revenue_per_lead,
    v.events AS events, v.fallbacks AS fallbacks,
    if(v.timed = 0, NULL, v.inference[1]) AS inference_p50_us, if(v.timed = 0, NULL, v.inference[2]) AS inference_p95_us,
    if(v.events = 0, NULL, v.first_scored_at) AS first_scored_at, if(v.events = 0, NULL, v.last_scored_at) AS last_scored_at
FROM arms AS a
LEFT JOIN by_lead AS l
    ON a.experiment_id = l.experiment_id AND a.is_control = l.is_control AND a.model_version = l.arm_version
LEFT JOIN by_event AS v
    ON a.experiment_id = v.experiment_id AND a.is_control = v.is_control AND a.model_version = v.arm_version
COMMENT 'What each arm of each rollout and A/B test brought; arms without a lead too. Arms are told apart by version.';
