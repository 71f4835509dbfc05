import { type RegistryState, stagingVersions } from '@scoreline/core/registry/state.ts';
import { parseVersionRef, splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Candidate, Version } from '@scoreline/core/shadow/report.ts';
import type { JudgedReport, ReportService } from '@scoreline/runtime/reports/report-service.ts';
import { toJson } from '@scoreline/runtime/reports/to-json.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readReportConfig } from '../reports/config.ts';
import { describeReports } from '../reports/describe-report.ts';
import { renderTables } from '../reports/table.ts';
import { withReports } from '../reports/with-reports.ts';

interface ReportFlags {
  readonly candidate: readonly Version[];
  readonly run: readonly string[];
  readonly against?: Version;
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
  readonly markdown: boolean;
}

/** Exit codes: the gate passes, fails, wants data; the report could not be had. */
const EXIT = { pass: 0, fail: 1, insufficient_data: 3 } as const;
const NO_REPORT = 2;

/** `scoreline shadow report`: candidates beside production, and what the gate says of each. */
export function addShadowCommands(program: Command): void {
  program
    .command('shadow')
    .description('Compare candidates with production.')
    .command('report')
    .description(
      'What candidates said beside production, and the gate. Exit code 0: every gate passes; 1: one fails; 3: one wants data; 2: no report.',
    )
    .option(
      '--candidate <name@version>',
      'a shadow; may be repeated (default: those in Staging, or all that have scored)',
      collectVersion,
      [],
    )
    .option('--run <id>', 'a backtest, beside them; may be repeated', collectText, [])
    .option(
      '--against <name@version>',
      'the version to compare with (default: the one that served last)',
      readVersion,
    )
    .option('--from <time>', 'event time from which, ISO 8601', readTime)
    .option('--to <time>', 'event time up to which, ISO 8601', readTime)
    .addOption(new Option('--json', 'print reports and gates as JSON').default(false).conflicts('markdown'))
    .option('--markdown', 'print as Markdown', false)
    .action(runReport);
}

async function runReport(flags: ReportFlags): Promise<void> {
  const config = readReportConfig(process.env);
  if (!config.ok) return fail(config.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  try {
    printReports(
      await withReports(config.config, (reports, registry) => judgeAll(reports, registry, flags)),
      flags,
    );
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

async function judgeAll(
  reports: ReportService,
  registry: RegistryState,
  flags: ReportFlags,
): Promise<JudgedReport[]> {
  const candidates = await chooseCandidates(reports, registry, flags);
  const options = { against: flags.against ?? null, fromMs: flags.from ?? null, toMs: flags.to ?? null };
  const judged: JudgedReport[] = [];
  for (const candidate of candidates) judged.push(await reports.judge(candidate, options));
  return judged;
}

async function chooseCandidates(
  reports: ReportService,
  registry: RegistryState,
  flags: ReportFlags,
): Promise<Candidate[]> {
  const named = flags.candidate.map((version) => ({ ...version, role: 'shadow' as const, runId: null }));
  const runs: Candidate[] = [];
  for (const id of flags.run) {
    const run = await reports.findRun(id);
    if (run === undefined) throw new Error(`no backtest has the run id '${id}'`);
    runs.push(run);
  }
  const shadows = named.length + runs.length > 0 ? named : await listCandidates(reports, registry);
  if (shadows.length + runs.length > 0) return [...shadows, ...runs];
  throw new Error(
    'no candidate has scored in the shadow yet: stage one (scoreline model stage), or name it with --candidate',
  );
}

/** Those in Staging, whether or not they have said anything; without any, those that have. */
async function listCandidates(
  reports: ReportService,
  registry: RegistryState,
): Promise<readonly Candidate[]> {
  const staging = stagingVersions(registry);
  if (staging.length === 0) return reports.listShadows();
  return staging.map(({ ref }) => ({ ...splitVersionRef(ref), role: 'shadow', runId: null }));
}

/** Prints reports as the flags want them, and sets the exit code by the worst gate. */
export function printReports(
  judged: readonly JudgedReport[],
  { json, markdown }: Pick<ReportFlags, 'json' | 'markdown'>,
): void {
  if (json) console.log(JSON.stringify(toJson(judged), null, 2));
  else
    console.log(
      renderTables(describeReports(judged), markdown ? 'markdown' : 'text')
        .join('\n')
        .trimEnd(),
    );
  const states = judged.map(({ gate }) => gate.state);
  const worst = (['fail', 'insufficient_data'] as const).find((state) => states.includes(state)) ?? 'pass';
  process.exitCode = EXIT[worst];
}

/** `<name>@<version>` of the command line. */
export function readVersion(text: string): Version {
  const ref = parseVersionRef(text);
  if (ref === undefined) throw new InvalidArgumentError('it reads <name>@<version>, e.g. bank-leads@1.1.0');
  return splitVersionRef(ref);
}

/** An ISO 8601 time of the command line, as epoch milliseconds; without a zone it is UTC. */
export function readTime(text: string): number {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text)
    ? Date.parse(hasZone || text.length === 10 ? text : `${text}Z`)
    : NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('an ISO 8601 time, e.g. 2024-03-01T00:00:00Z');
  return timeMs;
}

function collectVersion(text: string, before: readonly Version[]): Version[] {
  return [...before, readVersion(text)];
}

function collectText(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = NO_REPORT;
}
