-- No insert is skipped as one that was seen before: the engine notes that it has seen an insert before its rows are
-- there, so that one in which it was killed would be taken for done when it is repeated. Rows that come twice replace
-- each other, as they always did.

ALTER TABLE lead_scores MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE lead_outcomes MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE dead_letters_raw MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE dirty_windows MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE model_events_raw MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE rollout_events_raw MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE rollout_evaluations_raw MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE retraining_requests_raw MODIFY SETTING non_replicated_deduplication_window = 0;
