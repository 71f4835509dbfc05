import {
  arrayOf,
  BOOL,
  type ColumnsOf,
  FLOAT64,
  type NativeColumns,
  nullable,
  STRING,
  TIME_MS,
  tupleOf,
  UINT16,
  UINT32,
  UINT64,
} from '@scoreline/runtime/clickhouse/native/types.ts';
import type { Part } from './part.ts';
import type { OutcomeRow, ReasonRow, ScoreRow } from './rows.ts';

const SCORES: ColumnsOf<ScoreRow> = {
  event_id: STRING,
  lead_id: STRING,
  group_id: STRING,
  model: STRING,
  model_version: STRING,
  role: STRING,
  run_id: STRING,
  experiment_id: STRING,
  fallback_from: STRING,
  fallback_code: STRING,
  score: FLOAT64,
  band: STRING,
  reasons: arrayOf(tupleOf<ReasonRow>({ feature: STRING, value: nullable(STRING), contribution: FLOAT64 })),
  input_numbers: arrayOf(nullable(FLOAT64)),
  input_levels: arrayOf(nullable(STRING)),
  bins: arrayOf(UINT16),
  event_time: TIME_MS,
  scored_at: TIME_MS,
  inference_us: nullable(UINT32),
  source_topic: STRING,
  source_partition: UINT32,
  source_offset: UINT64,
  source_timestamp: TIME_MS,
};

const OUTCOMES: ColumnsOf<OutcomeRow> = {
  lead_id: STRING,
  event_id: STRING,
  converted: BOOL,
  label: nullable(FLOAT64),
  value: nullable(FLOAT64),
  occurred_at: TIME_MS,
  recorded_at: TIME_MS,
};

/** Of the tables that take a row or more for each lead: those go in binary; dead letters are few. */
export const COLUMNS: Partial<Record<Part['table'], NativeColumns>> = {
  lead_scores: SCORES,
  lead_outcomes: OUTCOMES,
};
