import type { Database } from '@scoreline/runtime/clickhouse/database.ts';

/** How a view of one database agrees with that of another, row by row. */
export interface TableComparison {
  readonly table: string;
  /** Rows that either of them has. */
  readonly rows: number;
  /** Only in the second. */
  readonly missing: number;
  /** Only in the first. */
  readonly surplus: number;
  /** In both, and not the same, or in one of them twice. */
  readonly different: number;
  /** As {@link Compared} says. */
  readonly mayBeLate: boolean;
}

/** A view and what of it has to agree: all but when it was computed, and as which revision. */
export interface Compared {
  readonly table: string;
  readonly keys: readonly string[];
  /** To the bit. */
  readonly exact: readonly string[];
  /** Within {@link TOLERANCE}: sums of floats, which depend on the order of rows. */
  readonly near?: readonly string[];
  /** Only windows that have to be closed: `window_end` is at most the time that is given. */
  readonly ofWindows?: boolean;
  /** Of its rows those of which this SQL says so; default: all. */
  readonly where?: string;
  /** A row may be in one of them alone: it comes some time after all that is waited for. */
  readonly mayBeLate?: boolean;
}

const TOLERANCE = 1e-9;
const VERSION = ['model', 'model_version', 'role'];
const WINDOW = ['window_size', 'window_start'];

const DRIFT_RESULTS: Compared = {
  table: 'drift_results',
  keys: [...VERSION, ...WINDOW, 'signal', 'subject', 'statistic'],
  exact: ['window_end', 'sample_size', 'level', 'verdict', 'reference'],
  near: ['value', 'threshold', 'critical_value', 'p_value', 'adjusted_p_value'],
  ofWindows: true,
};

const COMPARED: readonly Compared[] = [
  {
    table: 'scores',
    keys: [...VERSION, 'run_id', 'source_topic', 'source_partition', 'source_offset'],
    exact: ['event_id', 'lead_id', 'score', 'band', 'bins', 'event_time', 'scored_at', 'source_timestamp'],
  },
  {
    table: 'dead_letters',
    keys: ['topic', 'partition', 'offset'],
    exact: ['error_code', 'source_topic', 'source_partition', 'source_offset', 'role', 'failed_at'],
  },
  {
    table: 'score_windows',
    keys: [...VERSION, ...WINDOW],
    exact: ['window_end', 'count', 'score_bins', 'bands'],
    near: ['mean_score', 'latency_p50_ms', 'latency_p95_ms', 'latency_p99_ms'],
    ofWindows: true,
  },
  {
    table: 'feature_windows',
    keys: [...VERSION, ...WINDOW, 'feature'],
    exact: ['window_end', 'count', 'bins', 'missing', 'new_categories'],
    ofWindows: true,
  },
  {
    table: 'shadow_windows',
    keys: ['candidate_model', 'candidate_version', ...WINDOW],
    exact: ['window_end', 'production', 'pairs', 'flip_matrix'],
    near: ['mean_difference', 'max_difference', 'spearman'],
    ofWindows: true,
  },
  { ...DRIFT_RESULTS, where: "signal != 'performance'" },
  // Estimated by a task of its own that looks at closed windows now and then.
  { ...DRIFT_RESULTS, where: "signal = 'performance'", mayBeLate: true },
];

/** Compares what a database holds with another on the same server, windows up to a time of the events. */
export async function compareDatabases(
  database: Database,
  first: string,
  second: string,
  { untilMs, tables = COMPARED }: { readonly untilMs: number; readonly tables?: readonly Compared[] },
): Promise<readonly TableComparison[]> {
  const compared: TableComparison[] = [];
  for (const table of tables) {
    const [row] = await database.query<Omit<TableComparison, 'table' | 'mayBeLate'>>(
      comparisonSql(table, first, second),
      {
        until: untilMs,
      },
    );
    if (row === undefined) continue;
    const { table: name, mayBeLate = false } = table;
    compared.push({
      table: mayBeLate ? `${name}, where both have come` : name,
      ...row,
      ...(mayBeLate ? { missing: 0, surplus: 0 } : {}),
      mayBeLate,
    });
  }
  return compared;
}

/**
 * Rows of both, folded by key: who has it, whether once, and whether all that is said of it is one. NaN and infinities
 * are told to the bit: extremes pass over the one, and differences of the others aren't above anything.
 */
function comparisonSql(compared: Compared, first: string, second: string): string {
  const { keys } = compared;
  return `
    SELECT count() AS rows, countIf(in_first = 0) AS missing, countIf(in_second = 0) AS surplus,
      countIf(in_first > 0 AND in_second > 0 AND (in_first > 1 OR in_second > 1 OR versions > 1 OR is_far)) AS different
    FROM
    (
      SELECT countIf(origin = 1) AS in_first, countIf(origin = 2) AS in_second, uniqExact(told) AS versions,
        arrayExists((high, low) -> high - low > ${TOLERANCE} * greatest(1, abs(high)), maxForEach(near), minForEach(near)) AS is_far
      FROM (${rowsSql(compared, first, 1)} UNION ALL ${rowsSql(compared, second, 2)})
      GROUP BY ${keys.join(', ')}
    )`;
}

function rowsSql(
  { table, keys, exact, near, ofWindows, where = '1' }: Compared,
  database: string,
  origin: 1 | 2,
): string {
  const numbers = (near ?? []).map((column) => `ifNull(toFloat64(${column}), -1e300)`);
  const notFinite = (near ?? []).map(
    (column) => `if(isFinite(toFloat64(${column})), '', toString(${column}))`,
  );
  return `
    SELECT ${keys.join(', ')}, ${origin} AS origin, cityHash64(toString(tuple(${[...exact, ...notFinite].join(', ')}))) AS told,
      CAST([${numbers.join(', ')}], 'Array(Float64)') AS near
    FROM ${database}.${table}
    WHERE ${where} ${ofWindows === true ? 'AND toUnixTimestamp64Milli(window_end) <= {until:Int64}' : ''}`;
}
