import {
  calibrationOf,
  RELIABILITY_EDGES,
  type ReliabilitySums,
} from '@scoreline/core/shadow/calibration.ts';
import type { LabelledPairs } from '@scoreline/core/shadow/compare-pairs.ts';
import type { Quantiles, ShadowReport, Speed } from '@scoreline/core/shadow/report.ts';
import type { Database, QueryParams } from '../clickhouse/database.ts';
import { IN_RANGE, JOIN_OUTCOMES, PAIRS, type ReportScope, scopeParams } from './sql.ts';

/** When an outcome has had its time, and what none means then. */
export interface Maturity {
  readonly horizonMs: number;
  readonly withoutOutcome: 'negative' | 'unknown';
}

/** Pairs that come as single rows; of more, an even sample. Half a megabyte of columns a side. */
export const MOST_PAIRS = 50_000;

/** Sources are told apart in both; p is the one that IN_RANGE means. */
const PAIRS_IN_RANGE = `${PAIRS} WHERE ${IN_RANGE.replaceAll('source_', 'p.source_')}`;

type Triple = readonly [number | null, number | null, number | null];

interface SumsRow {
  readonly pairs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly difference: number;
  readonly absoluteDifference: number;
  readonly maxAbsoluteDifference: number;
  readonly productionInference: Triple;
  readonly candidateInference: Triple;
  readonly productionLatency: Triple;
  readonly candidateLatency: Triple;
}

/** What of the pairs is a sum, or nearly: quantiles within a percent. */
export async function readSums(
  database: Database,
  scope: ReportScope,
): Promise<Pick<ShadowReport, 'period' | 'speed' | 'agreement'>> {
  const params = scopeParams(scope);
  const [[sums], bands] = await Promise.all([
    database.query<SumsRow>(SUMS_SQL, params),
    database.query<{ production: string; candidate: string; count: number }>(
      `SELECT p.band AS production, c.band AS candidate, count() AS count FROM ${PAIRS_IN_RANGE}
      GROUP BY production, candidate ORDER BY production, candidate`,
      params,
    ),
  ]);
  if (sums === undefined || sums.pairs === 0) return { period: null, speed: null, agreement: null };
  const isBacktest = scope.candidate.role === 'backtest';
  const flipped = bands.reduce(
    (sum, band) => (band.production === band.candidate ? sum : sum + band.count),
    0,
  );
  return {
    period: {
      from: new Date(sums.fromMs).toISOString(),
      to: new Date(sums.toMs).toISOString(),
      days: (sums.toMs - sums.fromMs) / 86_400_000,
    },
    speed: {
      production: speedOf(sums.productionInference, sums.productionLatency),
      candidate: speedOf(sums.candidateInference, isBacktest ? null : sums.candidateLatency),
    },
    agreement: {
      meanDifference: sums.difference / sums.pairs,
      meanAbsoluteDifference: sums.absoluteDifference / sums.pairs,
      maxAbsoluteDifference: sums.maxAbsoluteDifference,
      bandFlipShare: flipped / sums.pairs,
      bands,
    },
  };
}

function speedOf(inference: Triple, latency: Triple | null): Speed {
  return { inferenceUs: quantilesOf(inference), latencyMs: latency && quantilesOf(latency) };
}

function quantilesOf([p50, p95, p99]: Triple): Quantiles | null {
  return p50 === null || p95 === null || p99 === null ? null : { p50, p95, p99 };
}

const LEVELS = '0.5, 0.95, 0.99';

/** Milliseconds from the lead event's Kafka timestamp to its score. */
function latencyOf(side: 'p' | 'c'): string {
  return `toUnixTimestamp64Milli(${side}.scored_at) - toUnixTimestamp64Milli(${side}.source_timestamp)`;
}

const SUMS_SQL = `
  SELECT count() AS pairs, toUnixTimestamp64Milli(min(p.event_time)) AS fromMs, toUnixTimestamp64Milli(max(p.event_time)) AS toMs,
    sum(c.score - p.score) AS difference, sum(abs(c.score - p.score)) AS absoluteDifference,
    max(abs(c.score - p.score)) AS maxAbsoluteDifference,
    quantilesTDigest(${LEVELS})(p.inference_us) AS productionInference,
    quantilesTDigest(${LEVELS})(c.inference_us) AS candidateInference,
    quantilesTDigest(${LEVELS})(${latencyOf('p')}) AS productionLatency,
    quantilesTDigest(${LEVELS})(${latencyOf('c')}) AS candidateLatency
  FROM ${PAIRS_IN_RANGE}`;

/** Whether an outcome has had its time, by the event time that production has come to. */
const IS_MATURE = `toUnixTimestamp64Milli(p.event_time) + {horizon_ms:Int64} <= as_of`;
/** NaN: not mature or not known. */
const LABEL = `multiIf(NOT ${IS_MATURE}, nan, o.known, o.label, {without_outcome:String} = 'negative', 0., nan)`;
const AS_OF = `WITH (SELECT toUnixTimestamp64Milli(max(max_event_time)) FROM stream_progress WHERE stream = 'lead-scores') AS as_of`;
const LABELLED_PAIRS = `
  (
    SELECT p.source_partition AS source_partition, p.source_offset AS source_offset, p.score AS production_score,
      c.score AS candidate_score, ${IS_MATURE} AS mature, ${LABEL} AS label,
      if(isNaN(label) OR NOT o.known, NULL, o.value) AS value
    FROM ${PAIRS}
    ${JOIN_OUTCOMES}
    WHERE ${IN_RANGE.replaceAll('source_', 'p.source_')}
  )`;

function labelParams(scope: ReportScope, { horizonMs, withoutOutcome }: Maturity): QueryParams {
  return { ...scopeParams(scope), horizon_ms: horizonMs, without_outcome: withoutOutcome };
}

/** How many pairs have a mature label, and of a classifier the calibration of both sides on these. */
export async function readLabels(
  database: Database,
  scope: ReportScope,
  maturity: Maturity,
  isClassifier: boolean,
): Promise<Pick<ShadowReport, 'labels' | 'calibration'>> {
  const params = labelParams(scope, maturity);
  const [[labels], sums] = await Promise.all([
    database.query<ShadowReport['labels']>(
      `${AS_OF}
      SELECT countIf(mature) AS mature, countIf(NOT isNaN(label)) AS labelled,
        sumIf(label, NOT isNaN(label)) AS conversions, if(count(value) = 0, NULL, sum(value)) AS revenue
      FROM ${LABELLED_PAIRS}`,
      params,
    ),
    isClassifier ? database.query<ReliabilitySums & { side: number }>(RELIABILITY_SQL, params) : [],
  ]);
  const production = calibrationOf(sums.filter(({ side }) => side === 0));
  const candidate = calibrationOf(sums.filter(({ side }) => side === 1));
  return {
    labels: labels ?? { mature: 0, labelled: 0, conversions: 0, revenue: null },
    calibration: production === null || candidate === null ? null : { production, candidate },
  };
}

const RELIABILITY_SQL = `
  ${AS_OF}
  SELECT side, arrayCount(edge -> edge < score, [${RELIABILITY_EDGES.join(', ')}]) AS bin, count() AS count,
    sum(score) AS scores, sum(label) AS labels, sum(pow(score - label, 2)) AS squaredErrors
  FROM
  (
    SELECT arrayJoin([(0, production_score), (1, candidate_score)]) AS t, t.1 AS side, t.2 AS score, label
    FROM ${LABELLED_PAIRS}
    WHERE NOT isNaN(label)
  )
  GROUP BY side, bin`;

interface ColumnsRow {
  readonly production: readonly number[];
  readonly candidate: readonly number[];
  readonly labels: readonly (number | null)[];
  readonly revenues: readonly (number | null)[];
}

/** The pairs themselves, or an even sample of them: the same for the same pairs. */
export async function readPairs(
  database: Database,
  scope: ReportScope,
  maturity: Maturity,
): Promise<LabelledPairs> {
  const [columns] = await database.query<ColumnsRow>(
    `${AS_OF}
    SELECT groupArray(production_score) AS production, groupArray(candidate_score) AS candidate,
      groupArray(label) AS labels, groupArray(ifNull(value, nan)) AS revenues
    FROM (SELECT * FROM ${LABELLED_PAIRS} ORDER BY cityHash64(source_partition, source_offset) LIMIT ${MOST_PAIRS})`,
    labelParams(scope, maturity),
  );
  // JSON has no NaN: ClickHouse writes null.
  const column = (values: readonly (number | null)[] = []): Float64Array =>
    Float64Array.from(values, (value) => value ?? NaN);
  return {
    production: column(columns?.production),
    candidate: column(columns?.candidate),
    labels: column(columns?.labels),
    values: column(columns?.revenues),
  };
}
