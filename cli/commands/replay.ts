import { type Command, InvalidArgumentError } from 'commander';
import { readReplayConfig } from '../replay/config.ts';
import { count, createProgressDisplay } from '../replay/progress.ts';
import { MapRefused } from '../replay/read-map.ts';
import type { RefusedRow, ReplaySummary } from '../replay/replay.ts';
import { runReplay } from '../replay/run-replay.ts';

interface ReplayFlags {
  readonly map: string;
  readonly rate: number;
  readonly limit: number;
  readonly strict: boolean;
  readonly outcomes: boolean;
  readonly json: boolean;
}

/** The first refused rows are told one by one, the rest as a number. */
const MAX_ROWS_TOLD = 20;
const INTERRUPTED = 130;

/** `scoreline replay FILE --map MAP`: a CSV file as lead events and outcomes. */
export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('Publish the rows of a CSV file (plain or .gz) as lead events, and their outcomes.')
    .argument('<file>', 'the CSV file')
    .requiredOption('--map <file>', 'how its rows become events: docs/replay.md')
    .option('--rate <n>', 'lead events a second; 0: as fast as it goes', parseAmount, 0)
    .option('--limit <n>', 'replay only the first rows', parseAmount, Infinity)
    .option('--strict', 'end at the first row that has to be refused', false)
    .option('--no-outcomes', "don't publish outcomes")
    .option('--json', 'print the summary as JSON', false)
    .action(runCommand);
}

async function runCommand(file: string, flags: ReplayFlags): Promise<void> {
  const config = readReplayConfig(process.env);
  if (!config.ok) return fail(config.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  const display = createProgressDisplay(process.stderr);
  const refused: RefusedRow[] = [];
  try {
    const summary = await runReplay(config.config, {
      file,
      mapFile: flags.map,
      withOutcomes: flags.outcomes,
      rate: flags.rate,
      limit: flags.limit,
      strict: flags.strict,
      signal: abort.signal,
      onRefused: (row) => void (refused.length < MAX_ROWS_TOLD && refused.push(row)),
      onProgress: (progress) => display.update(progress),
      onWarning: (message) => console.error(message),
    });
    display.end();
    report(summary, refused, flags);
  } catch (error) {
    display.end();
    fail(error instanceof MapRefused || error instanceof Error ? error.message : String(error));
  }
}

function report(summary: ReplaySummary, refused: readonly RefusedRow[], { json, strict }: ReplayFlags): void {
  for (const { row, line, problems } of refused)
    console.error(`row ${row} (line ${line}) refused: ${problems.join('; ')}`);
  if (summary.refused > refused.length) console.error(`and ${count(summary.refused - refused.length)} more`);
  console.log(json ? JSON.stringify(summary) : describeSummary(summary));
  if (summary.ended === 'aborted') process.exitCode = INTERRUPTED;
  else if (strict && summary.refused > 0) process.exitCode = 1;
}

function describeSummary({
  leads,
  outcomes,
  refused,
  seconds,
  leadsPerSecond,
  ended,
}: ReplaySummary): string {
  const how = { complete: 'replayed', aborted: 'interrupted after', refused: 'ended at a refused row after' };
  return (
    `${how[ended]} ${count(leads)} leads and ${count(outcomes)} outcomes in ${seconds.toFixed(1)} s ` +
    `(${count(leadsPerSecond)} leads/s); ${count(refused)} rows refused`
  );
}

function parseAmount(text: string): number {
  const amount = Number(text);
  if (Number.isFinite(amount) && amount >= 0) return amount;
  throw new InvalidArgumentError('a number, 0 or above');
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
