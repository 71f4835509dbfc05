-- Ranks of a larger window need a sample of each of its base windows: those computed before 0019 have none.

ALTER TABLE shadow_windows_raw
    MODIFY COLUMN spearman COMMENT 'Rank correlation of spearman_pairs pairs: exact where these are all; NULL below two pairs, where one side is constant, or where a base window with pairs has no sample, being older than samples are.',
    MODIFY COLUMN spearman_pairs COMMENT 'Pairs behind spearman: all of the window''s or, where it has more than 4,096, that many of them, an even sample; 0 where a base window with pairs has no sample.';
