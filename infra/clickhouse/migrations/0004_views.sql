-- What analysts use: every view is deduplicated and shows the latest revision.

CREATE VIEW IF NOT EXISTS scores
(
    event_id String COMMENT 'Id of the lead event; an id that the CRM sent twice stays two rows with two sources.',
    lead_id String COMMENT 'The lead.',
    group_id String COMMENT 'The query or list that a ranker orders within; empty for none.',
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow | backtest',
    run_id String COMMENT 'The backtest''s run; empty elsewhere.',
    experiment_id String COMMENT 'The rollout or A/B test that assigned the version; empty for none.',
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
AS SELECT event_id, lead_id, group_id, model, model_version, role, run_id, experiment_id, score, band, reasons,
    input_numbers, input_levels, bins, event_time, scored_at, inference_us,
    source_topic, source_partition, source_offset, source_timestamp, ingested_at
FROM lead_scores FINAL
COMMENT 'One row per lead event, model version and role: what was scored, from what, when.';

CREATE VIEW IF NOT EXISTS outcomes
(
    lead_id String COMMENT 'The lead.',
    event_id String COMMENT 'The lead event that it answers; empty: the lead''s newest event before occurred_at.',
    converted Bool COMMENT 'Whether the lead converted.',
    label Float64 COMMENT 'The truth as a number: the graded label, or 1 and 0 for converted.',
    value Nullable(Float64) COMMENT 'Revenue in the CRM''s currency.',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened.',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the CRM recorded what stands.'
)
AS SELECT lead_id, event_id, converted, coalesce(label, toFloat64(converted)) AS label, value, occurred_at, recorded_at
FROM lead_outcomes FINAL
ORDER BY recorded_at DESC
LIMIT 1 BY lead_id, event_id
COMMENT 'What became of each lead: of two outcomes for the same lead and event, the newest by recorded_at.';

CREATE VIEW IF NOT EXISTS shadow_pairs
(
    event_id String COMMENT 'Id of the lead event.',
    lead_id String COMMENT 'The lead.',
    event_time DateTime64(3, 'UTC') COMMENT 'When the lead event happened.',
    source_topic LowCardinality(String) COMMENT 'Where the lead event stands: the pair is joined on it.',
    source_partition UInt32 COMMENT 'Its partition.',
    source_offset UInt64 COMMENT 'Its offset.',
    production_model LowCardinality(String) COMMENT 'Model that served the score.',
    production_version LowCardinality(String) COMMENT 'Its version.',
    production_score Float64 COMMENT 'The score that was served.',
    production_band LowCardinality(String) COMMENT 'Its band.',
    candidate_model LowCardinality(String) COMMENT 'Model in the shadow; several candidates give several rows.',
    candidate_version LowCardinality(String) COMMENT 'Its version.',
    candidate_score Float64 COMMENT 'What the candidate said.',
    candidate_band LowCardinality(String) COMMENT 'Its band.',
    difference Float64 COMMENT 'Candidate minus production.',
    band_flip Bool COMMENT 'Whether the bands differ.'
)
AS SELECT p.event_id AS event_id, p.lead_id AS lead_id, p.event_time AS event_time, p.source_topic AS source_topic,
    p.source_partition AS source_partition, p.source_offset AS source_offset,
    p.model AS production_model, p.model_version AS production_version,
    p.score AS production_score, p.band AS production_band,
    s.model AS candidate_model, s.model_version AS candidate_version,
    s.score AS candidate_score, s.band AS candidate_band,
    s.score - p.score AS difference, s.band != p.band AS band_flip
FROM (SELECT * FROM lead_scores FINAL WHERE role = 'production') AS p
INNER JOIN (SELECT * FROM lead_scores FINAL WHERE role = 'shadow') AS s
    ON p.source_topic = s.source_topic AND p.source_partition = s.source_partition AND p.source_offset = s.source_offset
COMMENT 'Production and candidate side by side for each lead event that both scored.';

CREATE VIEW IF NOT EXISTS score_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    count UInt64 COMMENT 'Leads scored.',
    mean_score Float64 COMMENT 'Mean of the scores.',
    score_bins Map(UInt16, UInt64) COMMENT 'Reference bin of the score to count.',
    bands Map(LowCardinality(String), UInt64) COMMENT 'Band to count.',
    latency_p50_ms Float64 COMMENT 'From the lead event''s Kafka timestamp to its score, within 1 %.',
    latency_p95_ms Float64 COMMENT 'The same, 95th percentile.',
    latency_p99_ms Float64 COMMENT 'The same, 99th percentile.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, revision, count,
    score_sum / count AS mean_score, score_bins, bands,
    finalizeAggregation(latency)[1] AS latency_p50_ms, finalizeAggregation(latency)[2] AS latency_p95_ms,
    finalizeAggregation(latency)[3] AS latency_p99_ms, computed_at
FROM score_windows_raw FINAL
COMMENT 'Scores per event-time window: counts, score histogram, bands, latency.';

CREATE VIEW IF NOT EXISTS feature_windows
(
    model LowCardinality(String) COMMENT 'Model that scored.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: events came after the window had closed.',
    feature LowCardinality(String) COMMENT 'Name in the manifest.',
    count UInt64 COMMENT 'Leads scored.',
    bins Map(UInt16, UInt64) COMMENT 'Reference bin to count, __other__ and __missing__ included; labels: reference_bins.',
    missing UInt64 COMMENT 'Leads without a value.',
    new_categories UInt64 COMMENT 'Leads with a level or value that the reference never saw.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT w.model AS model, w.model_version AS model_version, w.role AS role, w.window_size AS window_size,
    w.window_start AS window_start, w.window_end AS window_end, w.revision AS revision, w.feature AS feature,
    arraySum(mapValues(w.bins)) AS count, w.bins AS bins,
    w.bins[r.missing_bin] AS missing, w.bins[r.other_bin] AS new_categories, w.computed_at AS computed_at
FROM feature_windows_raw AS w FINAL
LEFT JOIN
(
    SELECT model, model_version, subject, maxIf(bin, kind = 'missing') AS missing_bin, maxIf(bin, kind = 'other') AS other_bin
    FROM reference_bins FINAL
    GROUP BY model, model_version, subject
) AS r ON w.model = r.model AND w.model_version = r.model_version AND w.feature = r.subject
COMMENT 'Inputs per event-time window, model version and feature: counts per reference bin, missing, new categories.';

CREATE VIEW IF NOT EXISTS shadow_windows
(
    candidate_model LowCardinality(String) COMMENT 'Model in the shadow.',
    candidate_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Event time, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Event time, exclusive.',
    revision UInt32 COMMENT 'Above 0: pairs came after the window had closed.',
    production UInt64 COMMENT 'Leads that production scored.',
    pairs UInt64 COMMENT 'Of these, leads that the candidate scored too.',
    coverage Float64 COMMENT 'Share of production''s leads that the candidate scored: 0 is a candidate that is away.',
    band_flip_share Nullable(Float64) COMMENT 'Share of pairs whose bands differ.',
    flip_matrix Map(String, UInt64) COMMENT '"<production band> > <candidate band>" to count, both equal included.',
    mean_difference Nullable(Float64) COMMENT 'Candidate minus production.',
    max_difference Nullable(Float64) COMMENT 'Largest absolute difference; NULL without pairs, as the others.',
    spearman Nullable(Float64) COMMENT 'Rank correlation.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model AS candidate_model, model_version AS candidate_version, window_size, window_start, window_end, revision,
    production, pairs, pairs / production AS coverage, if(pairs = 0, NULL, band_flips / pairs) AS band_flip_share,
    flip_matrix, if(pairs = 0, NULL, difference_sum / pairs) AS mean_difference,
    if(pairs = 0, NULL, max_absolute_difference) AS max_difference, spearman, computed_at
FROM shadow_windows_raw FINAL
COMMENT 'Candidate against production per event-time window.';

CREATE VIEW IF NOT EXISTS operation_windows
(
    model LowCardinality(String) COMMENT 'Model that served.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Wall clock, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Wall clock, exclusive.',
    count UInt64 COMMENT 'Leads scored.',
    dead_letters UInt64 COMMENT 'Lead events that could not be scored.',
    latency_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its score.',
    latency_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    latency_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    end_to_end_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its row in ClickHouse.',
    end_to_end_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    end_to_end_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    last_score_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Newest score up to the window''s end.',
    caught_up UInt8 COMMENT '0: drift had not read everything yet, so the window has no verdict.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, window_size, window_start, window_end, count, dead_letters,
    latency_p50_ms, latency_p95_ms, latency_p99_ms, end_to_end_p50_ms, end_to_end_p95_ms, end_to_end_p99_ms,
    last_score_at, caught_up, computed_at
FROM operation_windows_raw FINAL
COMMENT 'Service per wall-clock window: throughput, latency, dead letters.';

CREATE VIEW IF NOT EXISTS drift_results
(
    model LowCardinality(String) COMMENT 'Model that is watched; for shadow_disagreement the candidate.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    role LowCardinality(String) COMMENT 'production | canary | shadow',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Inclusive; event time, but wall clock for latency, error_rate, throughput.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    revision UInt32 COMMENT 'The window''s revision that the value comes from.',
    signal LowCardinality(String) COMMENT 'feature_drift | new_category | missing_rate | prediction_drift | shadow_disagreement | latency | error_rate | throughput',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    statistic LowCardinality(String) COMMENT 'How the effect was measured.',
    value Nullable(Float64) COMMENT 'The effect; NULL where there was nothing to measure against.',
    threshold Nullable(Float64) COMMENT 'The effect''s warning level, by the policy.',
    critical_value Nullable(Float64) COMMENT 'What chance alone passes with probability alpha.',
    p_value Nullable(Float64) COMMENT 'NULL where the statistic has no test.',
    adjusted_p_value Nullable(Float64) COMMENT 'Benjamini-Hochberg across the window''s features.',
    sample_size UInt64 COMMENT 'Rows behind the value.',
    level LowCardinality(String) COMMENT 'none | warning | critical: the size of the effect alone.',
    verdict LowCardinality(String) COMMENT 'ok | drifted | insufficient_data | no_reference. drifted needs a large and a significant effect.',
    alarms Bool COMMENT 'False where the policy ignores the feature or the window size.',
    detail String COMMENT 'What changed, in words.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, role, window_size, window_start, window_end, revision, signal, subject, statistic,
    value, threshold, critical_value, p_value, adjusted_p_value, sample_size, level, verdict, alarms, detail, computed_at
FROM drift_results_raw FINAL
COMMENT 'Per window and signal: statistic, value, threshold, p, sample size, verdict.';

CREATE VIEW IF NOT EXISTS alerts
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
    raised_at DateTime64(3, 'UTC') COMMENT 'When this change was decided.'
)
AS SELECT alert_id, state, severity, signal, subject, segment, model, model_version, statistic, value, threshold, p_value,
    sample_size, window_size, window_start, window_end, revision, message, query, runbook, episode_started_at, raised_at
FROM alerts_raw FINAL
COMMENT 'Every change of an alert''s state, as published on scoring-alerts.';

CREATE VIEW IF NOT EXISTS firing_alerts
(
    alert_id String COMMENT 'See alerts.',
    severity LowCardinality(String) COMMENT 'warning | critical',
    signal LowCardinality(String) COMMENT 'What it is about.',
    subject LowCardinality(String) COMMENT 'Feature name, score, bands, or the metric''s name.',
    model LowCardinality(String) COMMENT 'Model that is watched.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    value Float64 COMMENT 'The effect when it last changed.',
    message String COMMENT 'One sentence that a person can act on.',
    episode_started_at DateTime64(3, 'UTC') COMMENT 'Firing since.'
)
AS SELECT alert_id, severity, signal, subject, model, model_version, window_size, value, message, episode_started_at
FROM
(
    SELECT * FROM alerts_raw FINAL ORDER BY alert_id, window_start DESC, raised_at DESC LIMIT 1 BY alert_id
)
WHERE state = 'firing'
COMMENT 'Alerts that fire now.';

CREATE VIEW IF NOT EXISTS dead_letters
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
    failed_at DateTime64(3, 'UTC') COMMENT 'When the scorer gave it up.',
    value_bytes Nullable(UInt32) COMMENT 'Size of its value; NULL for a tombstone.'
)
AS SELECT topic, partition, offset, error_code, error_message, source_topic, source_partition, source_offset, schema_id,
    failed_at, value_bytes
FROM dead_letters_raw FINAL
COMMENT 'Lead events that could not be scored, without their payload.';
