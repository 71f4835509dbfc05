-- More of the service's wall-clock windows: what waits, what models failed on, clocks that run ahead, what it all costs.

ALTER TABLE operation_windows_raw
    ADD COLUMN IF NOT EXISTS scored UInt64 DEFAULT count COMMENT 'Leads scored by all versions that serve.' AFTER count,
    ADD COLUMN IF NOT EXISTS dead_letter_codes Map(LowCardinality(String), UInt64) COMMENT 'Dead letters by error_code.' AFTER dead_letters,
    ADD COLUMN IF NOT EXISTS fallbacks UInt64 DEFAULT 0 COMMENT 'Leads that a rollout''s version could not score and production did.' AFTER dead_letter_codes,
    ADD COLUMN IF NOT EXISTS ahead_of_record UInt64 DEFAULT 0 COMMENT 'Scored events that claim to be from after Kafka got them.' AFTER fallbacks,
    ADD COLUMN IF NOT EXISTS leads_waiting Nullable(UInt64) COMMENT 'Leads without a score when the window was measured; NULL: not known.' AFTER ahead_of_record,
    ADD COLUMN IF NOT EXISTS lag_seconds Nullable(Float64) COMMENT 'How long scoring them takes at the window''s rate; 0 for a handful.' AFTER leads_waiting,
    ADD COLUMN IF NOT EXISTS last_lead_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When a lead was last scored or given up, by whatever version.' AFTER last_score_at,
    ADD COLUMN IF NOT EXISTS cpu_seconds Nullable(Float64) COMMENT 'CPU that the instances in METRICS_URLS used; NULL: not known.' AFTER caught_up,
    ADD COLUMN IF NOT EXISTS memory_gib_seconds Nullable(Float64) COMMENT 'GiB that they held, times the seconds.' AFTER cpu_seconds,
    ADD COLUMN IF NOT EXISTS instances_away UInt32 DEFAULT 0 COMMENT 'Of them, those that did not answer: what they used comes with their next answer.' AFTER memory_gib_seconds,
    ADD COLUMN IF NOT EXISTS cost Nullable(Float64) COMMENT 'Price of both, by the policy of the time; NULL without a price.' AFTER instances_away,
    ADD COLUMN IF NOT EXISTS currency LowCardinality(String) DEFAULT '' COMMENT 'ISO 4217; empty without a price.' AFTER cost;

CREATE OR REPLACE VIEW operation_windows
(
    model LowCardinality(String) COMMENT 'Model that served.',
    model_version LowCardinality(String) COMMENT 'Its version.',
    window_size LowCardinality(String) COMMENT 'ISO 8601 duration.',
    window_start DateTime64(3, 'UTC') COMMENT 'Wall clock, inclusive.',
    window_end DateTime64(3, 'UTC') COMMENT 'Wall clock, exclusive.',
    count UInt64 COMMENT 'Leads scored by this version.',
    scored UInt64 COMMENT 'Leads scored by all versions that serve. This and what follows but the latencies is the same in the rows of all versions of a window.',
    scores_per_second Float64 COMMENT 'Of all of them.',
    dead_letters UInt64 COMMENT 'Lead events that could not be scored.',
    dead_letter_codes Map(LowCardinality(String), UInt64) COMMENT 'The same by error_code.',
    dead_letter_share Float64 COMMENT 'Dead letters among all events; 0 without any.',
    fallbacks UInt64 COMMENT 'Leads that a rollout''s version could not score and production did.',
    model_failures UInt64 COMMENT 'These, and dead letters whose code is the model''s failing.',
    ahead_of_record UInt64 COMMENT 'Scored events that claim to be from after Kafka got them.',
    leads_waiting Nullable(UInt64) COMMENT 'Leads without a score when the window was measured; NULL: not known.',
    lag_seconds Nullable(Float64) COMMENT 'How long scoring them takes at the window''s rate; 0 for a handful.',
    latency_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its score.',
    latency_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    latency_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    end_to_end_p50_ms Nullable(Float64) COMMENT 'From the lead event''s Kafka timestamp to its row in ClickHouse.',
    end_to_end_p95_ms Nullable(Float64) COMMENT 'The same, 95th percentile.',
    end_to_end_p99_ms Nullable(Float64) COMMENT 'The same, 99th percentile.',
    last_score_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Newest score up to the window''s end.',
    last_lead_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When a lead was last scored or given up, by whatever version.',
    caught_up UInt8 COMMENT '0: drift had not read everything yet, so the window has no verdict.',
    cpu_seconds Nullable(Float64) COMMENT 'CPU that the instances in METRICS_URLS used; NULL: not known.',
    memory_gib_seconds Nullable(Float64) COMMENT 'GiB that they held, times the seconds.',
    instances_away UInt32 COMMENT 'Of them, those that did not answer: what they used comes with their next answer.',
    cost Nullable(Float64) COMMENT 'Price of both, by the policy of the time; NULL without a price.',
    currency LowCardinality(String) COMMENT 'ISO 4217; empty without a price.',
    cost_per_thousand Nullable(Float64) COMMENT 'Cost of 1,000 scores; NULL without a price or a score.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed.'
)
AS SELECT model, model_version, window_size, window_start, window_end, count, scored,
    scored / dateDiff('second', window_start, window_end) AS scores_per_second,
    dead_letters, dead_letter_codes, dead_letters / greatest(1, dead_letters + scored) AS dead_letter_share, fallbacks,
    fallbacks + arraySum(mapValues(mapFilter((code, n) -> startsWith(code, 'model.'), dead_letter_codes))) AS model_failures,
    ahead_of_record, leads_waiting, lag_seconds,
    latency_p50_ms, latency_p95_ms, latency_p99_ms, end_to_end_p50_ms, end_to_end_p95_ms, end_to_end_p99_ms,
    last_score_at, last_lead_at, caught_up, cpu_seconds, memory_gib_seconds, instances_away, cost, currency,
    if(scored = 0, NULL, 1000 * cost / scored) AS cost_per_thousand, computed_at
FROM operation_windows_raw FINAL
COMMENT 'Service per wall-clock window: throughput, latency, dead letters, what waits, what it costs.';

CREATE TABLE IF NOT EXISTS spending_raw
(
    instance LowCardinality(String) COMMENT 'host:port of the address in METRICS_URLS.',
    service LowCardinality(String) COMMENT 'scorer | shadow | … as it says itself; empty while it is away.',
    window_start DateTime64(3, 'UTC') COMMENT 'Wall clock, inclusive: the minute after which it was asked.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    state LowCardinality(String) COMMENT 'running | restarted (a new process since the last answer) | first (nothing to compare with) | away',
    seconds Float64 COMMENT 'How long the figures are for: since the last answer, or since its start.',
    cpu_seconds Float64 COMMENT 'CPU that it used in these.',
    memory_gib_seconds Float64 COMMENT 'GiB that it held, times the seconds.',
    sampled_at DateTime64(3, 'UTC') COMMENT 'When it was asked.',
    started_at DateTime64(3, 'UTC') COMMENT 'When its process began.',
    cpu_total Float64 COMMENT 'Its counter: all CPU since then.',
    memory_bytes Float64 COMMENT 'Resident.',
    computed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written.'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (instance, window_start)
TTL toDateTime(computed_at) + INTERVAL 400 DAY
COMMENT 'What each instance used of its machine, minute by minute. Read the view "spending".';

CREATE OR REPLACE VIEW spending
(
    instance LowCardinality(String) COMMENT 'host:port of the address in METRICS_URLS.',
    service LowCardinality(String) COMMENT 'scorer | shadow | … as it says itself; empty while it is away.',
    window_start DateTime64(3, 'UTC') COMMENT 'Wall clock, inclusive: the minute after which it was asked.',
    window_end DateTime64(3, 'UTC') COMMENT 'Exclusive.',
    state LowCardinality(String) COMMENT 'running | restarted (a new process since the last answer) | first (nothing to compare with) | away',
    seconds Float64 COMMENT 'How long the figures are for: since the last answer, or since its start.',
    cpu_seconds Float64 COMMENT 'CPU that it used in these.',
    cpu_cores Nullable(Float64) COMMENT 'The same by seconds: cores in use.',
    memory_gib Nullable(Float64) COMMENT 'GiB held.'
)
AS SELECT instance, service, window_start, window_end, state, seconds, cpu_seconds,
    if(seconds = 0, NULL, cpu_seconds / seconds) AS cpu_cores, if(seconds = 0, NULL, memory_gib_seconds / seconds) AS memory_gib
FROM spending_raw FINAL
COMMENT 'What each instance used of its machine, minute by minute.';

CREATE OR REPLACE VIEW cost_daily
(
    day Date COMMENT 'UTC.',
    window_size LowCardinality(String) COMMENT 'Of the wall-clock windows behind it.',
    currency LowCardinality(String) COMMENT 'ISO 4217; empty without a price.',
    windows UInt64 COMMENT 'Wall-clock windows whose spending is known.',
    scored UInt64 COMMENT 'Leads scored in them, by all versions that serve.',
    cpu_seconds Float64 COMMENT 'CPU that the instances in METRICS_URLS used in them.',
    memory_gib_hours Float64 COMMENT 'GiB that they held, times the hours.',
    cost Nullable(Float64) COMMENT 'Price of both; NULL without a price.',
    cost_per_thousand Nullable(Float64) COMMENT 'Cost of 1,000 scores, what idle hours cost included; NULL without a price or a score.'
)
AS SELECT toDate(window_start) AS day, window_size, currency, count() AS windows, sum(of_window.1) AS scored,
    sum(of_window.2) AS cpu_seconds, sum(of_window.3) / 3600 AS memory_gib_hours, sum(of_window.4) AS cost,
    if(scored = 0, NULL, 1000 * cost / scored) AS cost_per_thousand
FROM
(
    SELECT window_size, window_start, currency, any((scored, assumeNotNull(cpu_seconds), assumeNotNull(memory_gib_seconds), cost)) AS of_window
    FROM operation_windows_raw FINAL
    WHERE cpu_seconds IS NOT NULL
    GROUP BY window_size, window_start, currency
)
GROUP BY day, window_size, currency
COMMENT 'What scoring cost by day: every version of a window answers for all of it, so it counts once.';
