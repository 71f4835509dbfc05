import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CalendarDay, parseDay } from '@scoreline/core/reports/calendar.ts';
import { lastPeriod, type Period, type PeriodKind, periodOf } from '@scoreline/core/reports/period.ts';
import type { ReportClock } from '@scoreline/core/reports/report.ts';
import {
  ClickHouseUnavailable,
  createDatabase,
  type Database,
} from '@scoreline/runtime/clickhouse/database.ts';
import { toClickHouseSettings } from '@scoreline/runtime/config/common.ts';
import { findReportedModels } from '@scoreline/runtime/periodic-reports/reported-models.ts';
import { writeReport } from '@scoreline/runtime/periodic-reports/write-report.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireRegistryConfig } from '../registry/config.ts';
import { CommandFailed } from '../registry/with-started.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface ReportFlags {
  readonly period: PeriodKind;
  readonly date?: CalendarDay;
  readonly model?: string;
  readonly clock: ReportClock;
  readonly timeZone: string;
  readonly out: string;
}

/** Years of leads take their time. */
const REQUEST_TIMEOUT_MS = 120_000;

/** `scoreline report`: a day's or a week's report as files; nothing is stored or announced. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('Write the report of a day or a week as Markdown and HTML.')
    .addOption(
      new Option('--period <period>', 'daily or weekly').choices(['daily', 'weekly']).default('daily'),
    )
    .option('--date <day>', 'a day of the period, 2026-11-20 (default: yesterday, last week)', readDay)
    .option('--model <name>', 'on this model (default: on each that scored then)')
    .addOption(
      new Option(
        '--clock <clock>',
        'wall: what was scored then; event: what happened then, for old leads that were replayed',
      )
        .choices(['wall', 'event'])
        .default('wall'),
    )
    .option('--time-zone <zone>', 'whose days, an IANA name', readTimeZone, 'UTC')
    .option('--out <folder>', 'where the files go', '.')
    .action((flags: ReportFlags) => runCommand(() => writeReports(flags)));
}

async function writeReports(flags: ReportFlags): Promise<CommandOutcome> {
  const config = requireRegistryConfig(process.env);
  const database = createDatabase(toClickHouseSettings(config, REQUEST_TIMEOUT_MS));
  try {
    return await writeAll(database, flags);
  } catch (error) {
    if (!(error instanceof ClickHouseUnavailable)) throw error;
    throw new CommandFailed(error.message);
  } finally {
    await database.close();
  }
}

async function writeAll(database: Database, flags: ReportFlags): Promise<CommandOutcome> {
  const { clock, out } = flags;
  const period = choosePeriod(flags);
  const models =
    flags.model === undefined ? await findReportedModels(database, period, clock) : [flags.model];
  if (models.length === 0) {
    const when = `from ${new Date(period.startMs).toISOString()} to ${new Date(period.endMs).toISOString()}`;
    const hint = clock === 'wall' ? '; --clock event goes by the time of the leads themselves' : '';
    return { ok: false, lines: [`no lead was scored ${when}${hint}`] };
  }
  await mkdir(out, { recursive: true });
  const lines: string[] = [];
  for (const model of models) {
    const { report, markdown, html } = await writeReport(database, {
      model,
      period,
      clock,
      writtenAtMs: Date.now(),
    });
    await writeFile(join(out, `${report.id}.md`), markdown);
    await writeFile(join(out, `${report.id}.html`), html);
    lines.push(`${report.title}: ${report.summary}`, `  ${join(out, report.id)}.md, .html`);
  }
  return { ok: true, lines };
}

function choosePeriod({ period, date, timeZone }: ReportFlags): Period {
  return date === undefined ? lastPeriod(period, Date.now(), timeZone) : periodOf(period, date, timeZone);
}

function readDay(text: string): CalendarDay {
  const day = parseDay(text);
  if (day === null) throw new InvalidArgumentError('A day reads 2026-11-20.');
  return day;
}

function readTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError('An IANA time zone, such as UTC or Europe/Berlin.');
  }
}
