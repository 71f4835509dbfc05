-- A window whose scores had not been read counts what was spent and not what it was spent on: no day holds it.

CREATE OR REPLACE VIEW cost_daily
(
    day Date COMMENT 'UTC.',
    window_size LowCardinality(String) COMMENT 'Of the wall-clock windows behind it.',
    currency LowCardinality(String) COMMENT 'ISO 4217; empty without a price.',
    windows UInt64 COMMENT 'Wall-clock windows whose spending is known and whose scores had been read.',
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
    WHERE cpu_seconds IS NOT NULL AND caught_up = 1
    GROUP BY window_size, window_start, currency
)
GROUP BY day, window_size, currency
COMMENT 'What scoring cost by day: every version of a window answers for all of it, so it counts once.';
