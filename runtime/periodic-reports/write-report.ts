import { buildReport } from '@scoreline/core/reports/build-report.ts';
import type { Answer, ReportFacts, VersionFact } from '@scoreline/core/reports/facts.ts';
import { renderHtml } from '@scoreline/core/reports/render/html.ts';
import { renderMarkdown } from '@scoreline/core/reports/render/markdown.ts';
import type { Report, ReportScope } from '@scoreline/core/reports/report.ts';
import { servedLeads } from '@scoreline/core/reports/served-leads.ts';
import type { Database } from '../clickhouse/database.ts';
import { type Asker, createAsker } from './ask.ts';
import * as cohorts from './cohort-queries.ts';
import * as outcomes from './outcome-queries.ts';
import * as scores from './score-queries.ts';

/** A report, rendered. */
export interface WrittenReport {
  readonly report: Report;
  readonly scope: ReportScope;
  /** The version that scored most; null where none did. */
  readonly modelVersion: string | null;
  readonly leads: number;
  readonly markdown: string;
  readonly html: string;
}

/** Reads what a report is made of, one query after the other, and renders it. */
export async function writeReport(
  database: Pick<Database, 'query'>,
  scope: ReportScope,
): Promise<WrittenReport> {
  const facts = await readFacts(createAsker(database), scope);
  const report = buildReport(facts);
  return {
    report,
    scope,
    modelVersion: mainVersion(facts.versions),
    leads: servedLeads(facts),
    markdown: renderMarkdown(report),
    html: renderHtml(report),
  };
}

async function readFacts({ ask }: Asker, scope: ReportScope): Promise<ReportFacts> {
  const isWall = scope.clock === 'wall';
  const versions = await ask<VersionFact>('versions that scored', scores.versionsQuery(scope));
  const version = mainVersion(versions) ?? '';
  return {
    scope,
    versions,
    overTime: await ask('leads over time', scores.overTimeQuery(scope)),
    service: isWall ? await ask('latency from lead to score', scores.serviceQuery(scope)) : null,
    deadLetters: isWall ? await ask('dead letters', scores.deadLettersQuery(scope)) : null,
    cost: isWall ? await ask('cost of the machines', scores.costQuery(scope)) : null,
    bands: await ask('bands beside the reference', scores.bandsQuery(scope, version)),
    scores: await ask('scores beside the reference', scores.scoreBinsQuery(scope, version)),
    drift: await ask('the worst window of each subject', scores.driftQuery(scope)),
    verdicts: await ask('windows by verdict', scores.verdictsQuery(scope)),
    alerts: await ask('alerts that fired or resolved', outcomes.alertsQuery(scope)),
    performance: await ask('mature cohorts', cohorts.performanceQuery(scope)),
    business: await ask('conversion by band', cohorts.businessQuery(scope)),
    candidates: await ask('candidates beside production', outcomes.candidatesQuery(scope)),
    rollouts: await ask('decisions about rollouts', outcomes.rolloutsQuery(scope)),
    retraining: await ask('trainings asked for', outcomes.retrainingQuery(scope)),
  };
}

function mainVersion({ rows }: Answer<VersionFact>): string | null {
  const production = rows.filter(({ role }) => role === 'production');
  return production.toSorted((a, b) => b.leads - a.leads)[0]?.version ?? null;
}
