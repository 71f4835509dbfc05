import type { Candidate, Version } from '@scoreline/core/shadow/report.ts';
import type { Database } from '../clickhouse/database.ts';
import { candidateDeadLetters, type PartitionRange } from './sql.ts';

/** How far a candidate has come, by input partition. */
export interface CandidateRange {
  readonly ranges: readonly PartitionRange[];
  /** Partition to the offset after the last one that ClickHouse has of it, scores and dead letters. */
  readonly ingested: ReadonlyMap<number, number>;
}

interface Extent {
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The offsets that a candidate should have scored. A backtest's were fixed at its start; a shadow's begin with the
 * first that is known of it, in each partition, and go on.
 */
export async function readCandidateRange(
  database: Database,
  candidate: Candidate,
  topic: string,
): Promise<CandidateRange> {
  const [extents, partitions] = await Promise.all([
    readExtents(database, candidate, topic),
    candidate.runId === null
      ? readPartitions(database, topic)
      : readRunRanges(database, candidate.runId, topic),
  ]);
  const firsts = new Map(extents.map(({ partition, first }) => [partition, first]));
  const ranges =
    candidate.runId === null
      ? partitions.map((range) => ({ ...range, from: firsts.get(range.partition) ?? range.from }))
      : partitions;
  return { ranges, ingested: new Map(extents.map(({ partition, last }) => [partition, last + 1])) };
}

function readExtents(database: Database, candidate: Candidate, topic: string): Promise<Extent[]> {
  return database.query<Extent>(
    `SELECT source_partition AS partition, min(source_offset) AS first, max(source_offset) AS last
    FROM
    (
      SELECT source_partition, source_offset FROM lead_scores
      WHERE model = {candidate_model:String} AND model_version = {candidate_version:String}
        AND role = {role:String} AND run_id = {run_id:String} AND source_topic = {topic:String}
      UNION ALL
      SELECT source_partition, source_offset FROM ${candidateDeadLetters(candidate)}
    )
    GROUP BY source_partition`,
    {
      topic,
      candidate_model: candidate.model,
      candidate_version: candidate.version,
      role: candidate.role,
      run_id: candidate.runId ?? '',
    },
  );
}

/** Every partition that production has scored, from its beginning. */
async function readPartitions(database: Database, topic: string): Promise<PartitionRange[]> {
  const rows = await database.query<{ partition: number }>(
    `SELECT DISTINCT source_partition AS partition FROM lead_scores
    WHERE role = 'production' AND source_topic = {topic:String} ORDER BY partition`,
    { topic },
  );
  return rows.map(({ partition }) => ({ partition, from: 0, to: Infinity }));
}

function readRunRanges(database: Database, runId: string, topic: string): Promise<PartitionRange[]> {
  return database.query<PartitionRange>(
    `SELECT partition, from_offset AS from, to_offset AS to
    FROM backtest_runs
    ARRAY JOIN partitions AS partition, from_offsets AS from_offset, to_offsets AS to_offset
    WHERE run_id = {run_id:String} AND source_topic = {topic:String}
    ORDER BY partition`,
    { run_id: runId, topic },
  );
}

/**
 * The version that a candidate is compared with: the one that served last within the candidate's range, the candidate
 * itself aside; undefined where none did.
 */
export async function findProduction(
  database: Database,
  candidate: Candidate,
  topic: string,
  ranges: readonly PartitionRange[],
): Promise<Version | undefined> {
  const ends = ranges.map(({ to }) => Math.min(to, Number.MAX_SAFE_INTEGER));
  const [newest] = await database.query<Version>(
    `SELECT model, model_version AS version
    FROM lead_scores
    WHERE role = 'production' AND source_topic = {topic:String}
      AND NOT (model = {model:String} AND model_version = {version:String})
      AND source_offset < transform(toInt64(source_partition), {partitions:Array(Int64)}, {ends:Array(Int64)}, toInt64(0))
    ORDER BY scored_at DESC
    LIMIT 1`,
    {
      topic,
      model: candidate.model,
      version: candidate.version,
      partitions: ranges.map(({ partition }) => partition),
      ends,
    },
  );
  return newest;
}
