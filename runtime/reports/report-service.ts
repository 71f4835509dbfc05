import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { evaluateGate, type GateResult } from '@scoreline/core/gate/gate.ts';
import type { Candidate, ShadowReport, Version } from '@scoreline/core/shadow/report.ts';
import type { Database } from '../clickhouse/database.ts';
import { checkPackage, type FindPackage } from './check-package.ts';
import { readShadowReport, type ReportDeps, type ReportRequest } from './shadow-report.ts';

/** A report, and what the policy of the candidate's model says of it. */
export interface JudgedReport {
  readonly report: ShadowReport;
  readonly gate: GateResult;
}

/** What may be asked of a report besides whose it is. */
export interface ReportOptions extends Partial<Pick<ReportRequest, 'against' | 'fromMs' | 'toMs'>> {
  /** Where the candidate's package is, for whoever knows already. */
  readonly packageDir?: string;
}

/** Shadow reports and gates, for whoever asks: the command line, HTTP, a promotion that wants evidence. */
export interface ReportService {
  /** The versions that have scored in the shadow, the newest first. */
  listShadows(): Promise<readonly Candidate[]>;
  /** The candidate of a backtest; undefined: no such run. */
  findRun(runId: string): Promise<Candidate | undefined>;
  /** The newest finished backtest of a version; undefined: there is none. */
  findBacktestOf(version: Version): Promise<Candidate | undefined>;
  /** Throws ClickHouseUnavailable and ReportUnavailable. */
  judge(candidate: Candidate, options?: ReportOptions): Promise<JudgedReport>;
}

/** What a report is made of can't be asked now: try again. ClickHouse has an error of its own. */
export class ReportUnavailable extends Error {}

export interface ReportServiceDeps {
  readonly database: Database;
  readonly topicPrefix: string;
  /** Input partition to the next offset that a consumer group will read; throws ReportUnavailable. */
  readonly readCommitted: (groupId: string, topic: string) => Promise<ReadonlyMap<number, number>>;
  /** The folder of a version's package; undefined: there is none. */
  readonly findPackage: FindPackage;
  readonly nowMs: () => number;
}

/** Reports on what ClickHouse holds; nothing is kept between calls. */
export function createReportService(deps: ReportServiceDeps): ReportService {
  const { database, topicPrefix, findPackage, nowMs } = deps;
  const topic = `${topicPrefix}lead-created`;
  const reportDeps: ReportDeps = {
    database,
    topic,
    readProcessed: (candidate) => deps.readCommitted(`${topicPrefix}${groupOf(candidate)}`, topic),
  };
  return {
    listShadows: () => listShadows(database, topic),
    findRun: (runId) => findRun(database, runId),
    findBacktestOf: (version) => findBacktestOf(database, version),
    async judge(candidate, { against = null, fromMs = null, toMs = null, packageDir } = {}) {
      const { task, policy, golden } = await checkPackage(
        candidate,
        packageDir === undefined ? findPackage : async () => packageDir,
      );
      const report = await readShadowReport(reportDeps, {
        candidate,
        against,
        fromMs,
        toMs,
        task: task ?? (await readTask(database, candidate)),
        maturity: policy.outcomes,
      });
      return { report, gate: evaluateGate(report, policy.gate, golden, nowMs()) };
    },
  };
}

/** The candidate's consumer group, without the prefix. */
export function groupOf({ model, version, runId }: Candidate): string {
  return runId === null ? `shadow.${model}@${version}` : `backtest.${runId}`;
}

async function listShadows(database: Database, topic: string): Promise<Candidate[]> {
  const versions = await database.query<Version>(
    `SELECT model, model_version AS version FROM lead_scores
    WHERE role = 'shadow' AND source_topic = {topic:String}
    GROUP BY model, version ORDER BY max(scored_at) DESC`,
    { topic },
  );
  return versions.map((version) => ({ ...version, role: 'shadow', runId: null }));
}

async function findRun(database: Database, runId: string): Promise<Candidate | undefined> {
  const [version] = await database.query<Version>(
    `SELECT model, model_version AS version FROM backtest_runs WHERE run_id = {run_id:String}`,
    { run_id: runId },
  );
  return version && { ...version, role: 'backtest', runId };
}

async function findBacktestOf(
  database: Database,
  { model, version }: Version,
): Promise<Candidate | undefined> {
  const [run] = await database.query<{ runId: string }>(
    `SELECT run_id AS runId FROM backtest_runs
    WHERE model = {model:String} AND model_version = {version:String} AND state = 'finished'
    ORDER BY changed_at DESC LIMIT 1`,
    { model, version },
  );
  return run && { model, version, role: 'backtest', runId: run.runId };
}

/** As drift has noted it when it saw the package; a classifier where nobody knows. */
async function readTask(database: Database, { model, version }: Version): Promise<Manifest['task']> {
  const [row] = await database.query<{ task: Manifest['task'] }>(
    `SELECT task FROM model_info FINAL WHERE model = {model:String} AND model_version = {version:String}`,
    { model, version },
  );
  return row?.task ?? 'classification';
}
