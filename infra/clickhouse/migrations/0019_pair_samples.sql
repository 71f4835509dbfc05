-- Larger windows of pairs are summed from base windows; ranks, which do not add up, are told of an even sample.

ALTER TABLE shadow_windows_raw
    ADD COLUMN IF NOT EXISTS spearman_pairs UInt64 DEFAULT pairs COMMENT 'Pairs behind spearman: all of the window''s or, where it has more than 4,096, that many of them, an even sample.' AFTER spearman,
    ADD COLUMN IF NOT EXISTS sample Array(Tuple(key UInt32, production Float64, candidate Float64)) COMMENT 'Both scores of the pairs whose hash (key, of the source record) is lowest, 4,096 at most: the lowest of several windows are the lowest of their samples.' AFTER spearman_pairs,
    MODIFY COLUMN shadow UInt64 COMMENT 'Leads that the candidate scored, in base windows in which production scored any.',
    MODIFY COLUMN spearman Nullable(Float64) COMMENT 'Rank correlation of spearman_pairs pairs: exact where these are all; NULL below two pairs or where one side is constant.';

CREATE OR REPLACE VIEW shadow_windows
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
    spearman Nullable(Float64) COMMENT 'Rank correlation; exact where spearman_pairs are all pairs, else estimated from that many.',
    spearman_pairs UInt64 COMMENT 'Pairs behind spearman: all, or of more than 4,096 an even sample.',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this revision was computed.'
)
AS SELECT model AS candidate_model, model_version AS candidate_version, window_size, window_start, window_end, revision,
    production, pairs, pairs / production AS coverage, if(pairs = 0, NULL, band_flips / pairs) AS band_flip_share,
    flip_matrix, if(pairs = 0, NULL, difference_sum / pairs) AS mean_difference,
    if(pairs = 0, NULL, max_absolute_difference) AS max_difference, spearman, spearman_pairs, computed_at
FROM shadow_windows_raw FINAL
COMMENT 'Candidate against production per event-time window.';
