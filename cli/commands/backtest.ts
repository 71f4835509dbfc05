import type { Version } from '@scoreline/core/shadow/report.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type BacktestEnd, backtest, type BacktestRequest } from '../backtest/backtest.ts';
import { createBacktestDisplay } from '../backtest/display.ts';
import { readReportConfig } from '../reports/config.ts';
import { withReports } from '../reports/with-reports.ts';
import { printReports, readTime, readVersion } from './shadow-report.ts';

interface BacktestFlags {
  readonly from?: number;
  readonly fromBeginning: boolean;
  readonly to?: number;
  readonly runId?: string;
  readonly against?: Version;
  readonly report: boolean;
  readonly json: boolean;
  readonly markdown: boolean;
}

const NO_BACKTEST = 2;
const INTERRUPTED = 130;

/** `scoreline backtest MODEL@VERSION`: a candidate over the past, with the shadow's report and gate. */
export function addBacktestCommand(program: Command): void {
  program
    .command('backtest')
    .description(
      "Score lead-created's past with a candidate, beside production and without touching it; then report as the shadow does. Exit codes as of shadow report; 130: interrupted.",
    )
    .argument('<name@version>', 'the candidate', readVersion)
    .option('--from <time>', "from this time of the records' Kafka timestamps, ISO 8601", readTime)
    .addOption(
      new Option('--from-beginning', 'from the oldest record that is left').default(false).conflicts('from'),
    )
    .option('--to <time>', 'up to this time (default: what stands there now)', readTime)
    .option('--run-id <id>', 'names the run; the id of an earlier one goes on where it stood', readRunId)
    .option(
      '--against <name@version>',
      'the version to compare with (default: the one that served last in the range)',
      readVersion,
    )
    .option('--no-report', "don't report")
    .addOption(new Option('--json', 'print report and gate as JSON').default(false).conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown', false)
    .action(runCommand);
}

async function runCommand(candidate: Version, flags: BacktestFlags): Promise<void> {
  const config = readReportConfig(process.env);
  if (!config.ok) return fail(config.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  const display = createBacktestDisplay(process.stderr);
  try {
    const end = await backtest(config.config, toRequest(candidate, flags), { signal: abort.signal, display });
    display.end();
    if (end.outcome.ended === 'interrupted') return tellInterrupted(candidate, end);
    if (!end.ingested) console.error(NOT_INGESTED);
    if (!flags.report) return console.log(end.run.runId);
    const judged = await withReports(config.config, (reports) =>
      reports.judge(
        { ...candidate, role: 'backtest', runId: end.run.runId },
        { against: flags.against ?? null },
      ),
    );
    printReports([judged], flags);
  } catch (error) {
    display.end();
    fail(error instanceof Error ? error.message : String(error));
  }
}

const NOT_INGESTED =
  'ClickHouse does not hold all scores of this run yet (is drift running?): the report is of those it has; scoreline shadow report --run … makes it anew';

function toRequest(candidate: Version, flags: BacktestFlags): BacktestRequest {
  const from = flags.fromBeginning ? ('beginning' as const) : flags.from;
  return { candidate, from, to: flags.to ?? 'now', runId: flags.runId, waitForRows: flags.report };
}

function tellInterrupted({ model, version }: Version, { run }: BacktestEnd): void {
  console.error(`interrupted; to go on: scoreline backtest ${model}@${version} --run-id ${run.runId}`);
  process.exitCode = INTERRUPTED;
}

function readRunId(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) return text;
  throw new InvalidArgumentError('up to 100 letters, digits, dots, dashes and underscores');
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = NO_BACKTEST;
}
