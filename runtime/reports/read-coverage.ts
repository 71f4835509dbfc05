import type { Failures, ShadowReport } from '@scoreline/core/shadow/report.ts';
import type { Database } from '../clickhouse/database.ts';
import {
  BEFORE_RANGE,
  CANDIDATE_ROWS,
  candidateDeadLetters,
  IN_RANGE,
  PRODUCTION_DEAD_LETTERS,
  PRODUCTION_ROWS,
  type ReportScope,
  scopeParams,
} from './sql.ts';

/** By input partition, the offset after the last record that was dealt with. */
export interface Progress {
  /** By the candidate, as its consumer group has committed. */
  readonly processed: ReadonlyMap<number, number>;
  /** Of that, by ClickHouse. */
  readonly ingested: ReadonlyMap<number, number>;
}

interface CoverageRow {
  readonly production: number;
  readonly pairs: number;
  readonly deadLettered: number;
  readonly shadowLag: number;
  readonly notIngested: number;
  readonly unexplained: number;
  readonly beforeStart: number;
}

/** How many of production's scores have their pair, and why the others don't: each has one reason. */
export async function readCoverage(
  database: Database,
  scope: ReportScope,
  { processed, ingested }: Progress,
): Promise<ShadowReport['coverage']> {
  const of = (offsets: ReadonlyMap<number, number>): number[] =>
    scope.ranges.map(({ partition }) => offsets.get(partition) ?? 0);
  const [row] = await database.query<CoverageRow>(coverageSql(scope), {
    ...scopeParams(scope),
    processed: of(processed),
    ingested: of(ingested),
  });
  if (row === undefined) throw new TypeError('an aggregate without GROUP BY has one row');
  const { production, pairs, beforeStart, ...unpaired } = row;
  return { production, pairs, share: production === 0 ? null : pairs / production, unpaired, beforeStart };
}

function coverageSql({ candidate }: ReportScope): string {
  return `
    SELECT countIf(state != 'before') AS production, countIf(state = 'pair') AS pairs,
      countIf(state = 'dead') AS deadLettered, countIf(state = 'lag') AS shadowLag,
      countIf(state = 'not_ingested') AS notIngested, countIf(state = 'unexplained') AS unexplained,
      countIf(state = 'before') AS beforeStart
    FROM
    (
      SELECT multiIf(
          scored, 'pair',
          dead, 'dead',
          ${BEFORE_RANGE}, 'before',
          source_offset < ${byPartition('ingested')}, 'unexplained',
          source_offset < ${byPartition('processed')}, 'not_ingested',
          'lag') AS state
      FROM
      (
        SELECT p.source_partition AS source_partition, p.source_offset AS source_offset, c.scored AS scored, d.dead AS dead
        FROM ${PRODUCTION_ROWS} AS p
        LEFT JOIN ${CANDIDATE_ROWS} AS c
          ON p.source_partition = c.source_partition AND p.source_offset = c.source_offset
        LEFT JOIN ${candidateDeadLetters(candidate)} AS d
          ON p.source_partition = d.source_partition AND p.source_offset = d.source_offset
      )
      WHERE ${IN_RANGE} OR ${BEFORE_RANGE}
    )`;
}

function byPartition(offsets: 'processed' | 'ingested'): string {
  return `transform(toInt64(source_partition), {partitions:Array(Int64)}, {${offsets}:Array(Int64)}, toInt64(0))`;
}

interface CodeRow {
  readonly code: string;
  readonly count: number;
}

/**
 * What either side could not score, of the lead events that the candidate has dealt with. Dead letters carry no event
 * time, so a report over a part of it counts them all.
 */
export async function readFailures(
  database: Database,
  scope: ReportScope,
  ingested: ReadonlyMap<number, number>,
): Promise<ShadowReport['failures']> {
  const params = {
    ...scopeParams(scope),
    ingested: scope.ranges.map(({ partition }) => ingested.get(partition) ?? 0),
  };
  const count = async (deadLetters: string): Promise<Failures> => {
    const codes = await database.query<CodeRow>(
      `SELECT error_code AS code, count() AS count FROM ${deadLetters}
      WHERE ${IN_RANGE} AND source_offset < ${byPartition('ingested')}
      GROUP BY code ORDER BY count DESC, code`,
      params,
    );
    return { count: codes.reduce((sum, { count }) => sum + count, 0), codes };
  };
  const [production, candidate] = await Promise.all([
    count(PRODUCTION_DEAD_LETTERS),
    count(candidateDeadLetters(scope.candidate)),
  ]);
  return { production, candidate };
}
