import type { Version } from '@scoreline/core/shadow/report.ts';
import type { Database } from '../clickhouse/database.ts';
import type { OutputRecord } from '../kafka/record.ts';
import type { OffsetRange } from '../kafka/topic-range.ts';

/** A backtest: which version scores which range of a topic's past. */
export interface BacktestRun {
  readonly runId: string;
  readonly candidate: Version;
  /** The input topic, with its prefix. */
  readonly topic: string;
  readonly ranges: readonly OffsetRange[];
  readonly state: 'running' | 'finished';
  readonly startedAtMs: number;
}

/** What is kept of backtests besides their scores: in ClickHouse, where their report is made. */
export interface RunStore {
  /** The run of this id; undefined: it has not begun. */
  find(runId: string): Promise<BacktestRun | undefined>;
  /** Writes the run as it is; the newest state stands. */
  save(run: BacktestRun): Promise<void>;
  /** Dead letters of a run, by where their lead events stand: the same again change nothing. */
  keepDeadLetters(runId: string, deadLetters: readonly OutputRecord[]): Promise<void>;
  /** Input partition to the last offset whose score ClickHouse has. */
  readIngested(run: BacktestRun): Promise<ReadonlyMap<number, number>>;
}

interface RunRow {
  readonly model: string;
  readonly version: string;
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly froms: readonly number[];
  readonly tos: readonly number[];
  readonly state: BacktestRun['state'];
  readonly startedAtMs: number;
}

/** Every call throws ClickHouseUnavailable where it can't be asked. */
export function createRunStore(database: Database): RunStore {
  return {
    find: (runId) => findRun(database, runId),
    save: (run) => database.insert('backtest_runs_raw', [toRow(run)]),
    keepDeadLetters: (runId, deadLetters) =>
      database.insert(
        'backtest_dead_letters_raw',
        deadLetters.map((deadLetter) => toDeadLetterRow(runId, deadLetter)),
      ),
    async readIngested({ runId, candidate, topic }) {
      const rows = await database.query<{ partition: number; last: number }>(
        `SELECT source_partition AS partition, max(source_offset) AS last FROM lead_scores
        WHERE model = {model:String} AND model_version = {version:String} AND role = 'backtest'
          AND run_id = {run_id:String} AND source_topic = {topic:String}
        GROUP BY partition`,
        { ...candidate, run_id: runId, topic },
      );
      return new Map(rows.map(({ partition, last }) => [partition, last]));
    },
  };
}

async function findRun(database: Database, runId: string): Promise<BacktestRun | undefined> {
  const [row] = await database.query<RunRow>(
    `SELECT model, model_version AS version, source_topic AS topic, partitions, from_offsets AS froms,
      to_offsets AS tos, state, toUnixTimestamp64Milli(started_at) AS startedAtMs
    FROM backtest_runs WHERE run_id = {run_id:String}`,
    { run_id: runId },
  );
  if (row === undefined) return undefined;
  const { model, version, topic, partitions, froms, tos, state, startedAtMs } = row;
  const ranges = partitions.map((partition, i) => ({ partition, from: froms[i] ?? 0, to: tos[i] ?? 0 }));
  return { runId, candidate: { model, version }, topic, ranges, state, startedAtMs };
}

function toRow({ runId, candidate, topic, ranges, state, startedAtMs }: BacktestRun): object {
  return {
    run_id: runId,
    model: candidate.model,
    model_version: candidate.version,
    source_topic: topic,
    partitions: ranges.map(({ partition }) => partition),
    from_offsets: ranges.map(({ from }) => from),
    to_offsets: ranges.map(({ to }) => to),
    state,
    started_at: startedAtMs,
  };
}

/** From the headers that a dead letter has; its payload stays where it is. */
function toDeadLetterRow(runId: string, { headers = {} }: OutputRecord): object {
  const header = (name: string): string => headers[name]?.toString() ?? '';
  return {
    run_id: runId,
    source_topic: header('dlq.source.topic'),
    source_partition: Number(header('dlq.source.partition')),
    source_offset: Number(header('dlq.source.offset')),
    error_code: header('dlq.error.code'),
    error_message: header('dlq.error.message'),
    failed_at: Date.parse(header('dlq.failed_at')),
  };
}
