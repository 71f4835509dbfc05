import type { Candidate, Version } from '@scoreline/core/shadow/report.ts';
import type { QueryParams } from '../clickhouse/database.ts';

/** Which offsets of one input partition a candidate should have scored: [from, to). */
export interface PartitionRange {
  readonly partition: number;
  readonly from: number;
  /** Infinity: it goes on. */
  readonly to: number;
}

/** What every statement of one report is about. */
export interface ReportScope {
  readonly candidate: Candidate;
  readonly production: Version;
  /** The input topic, with its prefix. */
  readonly topic: string;
  /** Of event time; null: no bound. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly ranges: readonly PartitionRange[];
}

const FAR = Number.MAX_SAFE_INTEGER;
/** The times that ClickHouse can hold. */
const FIRST_MS = Date.UTC(1900, 0, 1);
const LAST_MS = Date.UTC(2299, 11, 31);

/** The parameters of all fragments below. */
export function scopeParams({
  candidate,
  production,
  topic,
  fromMs,
  toMs,
  ranges,
}: ReportScope): QueryParams {
  return {
    topic,
    candidate_model: candidate.model,
    candidate_version: candidate.version,
    candidate_role: candidate.role,
    run_id: candidate.runId ?? '',
    production_model: production.model,
    production_version: production.version,
    from_ms: fromMs ?? FIRST_MS,
    to_ms: toMs ?? LAST_MS,
    partitions: ranges.map(({ partition }) => partition),
    range_from: ranges.map(({ from }) => from),
    range_to: ranges.map(({ to }) => Math.min(to, FAR)),
  };
}

const SOURCE_TOPIC = 'source_topic = {topic:String}';
const IN_TIME = `event_time >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
      AND event_time < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`;

/** The first offset of a source's partition that the candidate should have; unknown partitions: none. */
const RANGE_FROM = `transform(toInt64(source_partition), {partitions:Array(Int64)}, {range_from:Array(Int64)}, toInt64(${FAR}))`;
const RANGE_TO = `transform(toInt64(source_partition), {partitions:Array(Int64)}, {range_to:Array(Int64)}, toInt64(0))`;

/** Whether a source stands in the candidate's range. */
export const IN_RANGE = `source_offset >= ${RANGE_FROM} AND source_offset < ${RANGE_TO}`;

/** Whether a source stands before the candidate's range. */
export const BEFORE_RANGE = `source_offset < ${RANGE_FROM}`;

/** What production said, each lead event once. */
export const PRODUCTION_ROWS = `
  (
    SELECT source_partition, source_offset, event_time, score, band, inference_us, scored_at, source_timestamp
    FROM lead_scores FINAL
    WHERE model = {production_model:String} AND model_version = {production_version:String} AND role = 'production'
      AND ${SOURCE_TOPIC} AND ${IN_TIME}
  )`;

/** What the candidate said of the same events; another schema of the event may give it another time. */
export const CANDIDATE_ROWS = `
  (
    SELECT source_partition, source_offset, score, band, inference_us, scored_at, source_timestamp, true AS scored
    FROM lead_scores FINAL
    WHERE model = {candidate_model:String} AND model_version = {candidate_version:String}
      AND role = {candidate_role:String} AND run_id = {run_id:String} AND ${SOURCE_TOPIC}
  )`;

/** Sources that the candidate gave up, with why. */
export function candidateDeadLetters(candidate: Candidate): string {
  const from =
    candidate.role === 'backtest'
      ? 'backtest_dead_letters WHERE run_id = {run_id:String}'
      : `dead_letters WHERE role = 'shadow' AND model = {candidate_model:String} AND model_version = {candidate_version:String}`;
  return deadLettersOf(from);
}

/** Sources that production gave up, whatever its version; rows of before the column say 'production' too. */
export const PRODUCTION_DEAD_LETTERS = deadLettersOf(`dead_letters WHERE role IN ('production', 'canary')`);

function deadLettersOf(from: string): string {
  return `
  (
    SELECT source_partition, source_offset, any(error_code) AS error_code, true AS dead
    FROM ${from} AND ${SOURCE_TOPIC}
    GROUP BY source_partition, source_offset
  )`;
}

/** Lead events that both sides scored, p and c. */
export const PAIRS = `${PRODUCTION_ROWS} AS p
  INNER JOIN ${CANDIDATE_ROWS} AS c ON p.source_partition = c.source_partition AND p.source_offset = c.source_offset`;

/** What became of the lead events, joined to p as o; o.known tells whether anything is. */
export const JOIN_OUTCOMES = `
  LEFT JOIN (SELECT source_partition, source_offset, label, value, true AS known FROM lead_event_outcomes WHERE ${SOURCE_TOPIC}) AS o
    ON p.source_partition = o.source_partition AND p.source_offset = o.source_offset`;
