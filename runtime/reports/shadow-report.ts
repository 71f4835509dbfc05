import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { comparePairs } from '@scoreline/core/shadow/compare-pairs.ts';
import type { Candidate, ShadowReport, Version } from '@scoreline/core/shadow/report.ts';
import type { Database } from '../clickhouse/database.ts';
import { findProduction, readCandidateRange } from './candidate-range.ts';
import { readCoverage, readFailures } from './read-coverage.ts';
import { type Maturity, readLabels, readPairs, readSums } from './read-pairs.ts';
import type { ReportScope } from './sql.ts';

/** Which report. */
export interface ReportRequest {
  readonly candidate: Candidate;
  /** What to compare with; null: the version that served last within the candidate's range. */
  readonly against: Version | null;
  /** Event time, [from, to); null: no bound. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly task: Manifest['task'];
  readonly maturity: Maturity;
}

/** What a report needs besides its request. */
export interface ReportDeps {
  readonly database: Database;
  /** The input topic, with its prefix. */
  readonly topic: string;
  /** Input partition to the next offset that the candidate's consumer group will read. */
  readonly readProcessed: (candidate: Candidate) => Promise<ReadonlyMap<number, number>>;
}

/**
 * Reads a candidate's report. Sums are ClickHouse's, statistics core's; of more than 50,000 pairs those are made of
 * an even sample, which the report says. Throws ClickHouseUnavailable.
 */
export async function readShadowReport(deps: ReportDeps, request: ReportRequest): Promise<ShadowReport> {
  const { database, topic } = deps;
  const { candidate, fromMs, toMs, task, maturity } = request;
  // Before what has been ingested, or what came meanwhile would look like a gap.
  const processed = await deps.readProcessed(candidate);
  const { ranges, ingested } = await readCandidateRange(database, candidate, topic);
  const production = request.against ?? (await findProduction(database, candidate, topic, ranges));
  if (production === undefined) return emptyReport(candidate);
  const scope: ReportScope = { candidate, production, topic, fromMs, toMs, ranges };
  const [coverage, failures, sums, labels, pairs] = await Promise.all([
    readCoverage(database, scope, { processed, ingested }),
    readFailures(database, scope, ingested),
    readSums(database, scope),
    readLabels(database, scope, maturity, task === 'classification'),
    readPairs(database, scope, maturity),
  ]);
  return {
    candidate,
    production,
    coverage,
    failures,
    ...sums,
    ...labels,
    comparison: comparePairs(pairs, task),
    sample: { pairs: pairs.production.length, of: coverage.pairs },
  };
}

/** Nothing has served: there is nothing to stand beside. */
function emptyReport(candidate: Candidate): ShadowReport {
  const none = { count: 0, codes: [] };
  return {
    candidate,
    production: null,
    period: null,
    coverage: {
      production: 0,
      pairs: 0,
      share: null,
      unpaired: { deadLettered: 0, shadowLag: 0, notIngested: 0, unexplained: 0 },
      beforeStart: 0,
    },
    failures: { production: none, candidate: none },
    speed: null,
    agreement: null,
    labels: { mature: 0, labelled: 0, conversions: 0, revenue: null },
    calibration: null,
    comparison: null,
    sample: { pairs: 0, of: 0 },
  };
}
